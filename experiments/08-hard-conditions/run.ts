/** Experiment 08: what do low bandwidth, no network, low battery, heat and little memory do to each policy? */
import { runExperiment } from "../../src/index.js";

await runExperiment({
  name: "08-hard-conditions",
  small: ["population.clients=200", "replications=2", "simulation.horizonS=4 h", "simulation.startHour=17", "records.keepFraction=1"],
  smallMetrics: ["questions", "ttft.p95", "answered.fraction", "correct.fraction", "battery.empty", "memory.unfit", "route.fallback"],
  tables: ["five-answers", "speed", "memory-energy", "quality", "leakage", "paired"],
  figures: ["ttft-cdf", "energy-bars", "quality-vs-cost", "routes"],
});
