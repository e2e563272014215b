/** Experiment 04: which routing policy meets a deadline, at which quality and cost? */
import { runExperiment } from "../../src/index.js";

await runExperiment({
  name: "04-responsiveness",
  small: ["population.clients=300", "replications=2", "simulation.horizonS=6 h", "simulation.startHour=9", "records.keepFraction=1"],
  smallMetrics: ["questions", "ttft.p95", "deadline.met", "correct.fraction", "energy.compute", "money.perUserDay"],
  tables: ["five-answers", "speed", "memory-energy", "quality", "leakage", "economics", "servers", "paired"],
  figures: ["frontier", "ttft-cdf", "energy-bars", "quality-vs-cost", "routes", "participation"],
});
