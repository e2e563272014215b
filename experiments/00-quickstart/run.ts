/** Experiment 00: does the day that npm start shows come out again, to the byte? */
import { runExperiment } from "../../src/index.js";

await runExperiment({
  name: "00-quickstart",
  small: ["population.clients=300", "replications=2", "simulation.horizonS=4 h", "simulation.startHour=17", "records.keepFraction=1"],
  smallMetrics: ["questions", "ttft.p50", "answered.fraction", "energy.compute", "correct.fraction", "secrets.sent", "money.perUserDay", "market.participation"],
  tables: ["five-answers", "paired"],
  figures: ["frontier", "ttft-cdf", "participation"],
});
