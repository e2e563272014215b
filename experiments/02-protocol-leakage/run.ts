/** Experiment 02: what does each observer learn with and without each defence, and what does the defence cost? */
import { findBesideLeakage, readExperimentForm, runExperiment } from "../../src/index.js";

const { isSmall } = readExperimentForm();

await runExperiment({
  name: "02-protocol-leakage",
  small: ["population.clients=60", "replications=1", "simulation.horizonS=1 d", "observation.people=60"],
  smallMetrics: ["questions", "leak.domain.auc", "leak.consult.bits", "leak.relay.domain.bits", "leak.expert.secret.bits", "leak.collusion.joined.top1", "leak.ledger.link.auc", "bytes.up", "bytes.down", "ttft.mean"],
  tables: ["defences", "leakage", "five-answers", "paired"],
  figures: ["leakage-price", "frontier"],
  beside: () => findBesideLeakage(isSmall),
});
