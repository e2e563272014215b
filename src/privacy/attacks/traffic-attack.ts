/**
 * The traffic attacker: trains boosted trees and Gaussian naive Bayes on its labelled traces of other people and keeps
 * the one that is less surprised by people it held back among them. The choice never sees the people it is judged on.
 */
import { type Attack, type LabelledTraces, type TrainedAttack } from "./attack.js";
import { chooseRounds, growForest } from "./boosted-trees.js";
import { gaussianBayes } from "./gaussian-bayes.js";
import { holdOutPeople } from "./hold-out.js";
import { meanLogLoss } from "./log-loss.js";

/** The better of two attacks, chosen on the attacker's own traces. With fewer than four people to learn from: naive Bayes. */
export const trafficAttack: Attack = { name: "traffic", train: trainTrafficAttack };

function trainTrafficAttack(traces: LabelledTraces): TrainedAttack {
  const heldOut = holdOutPeople(traces);
  if (heldOut === undefined) return gaussianBayes.train(traces);
  const { training, check } = heldOut;
  const forest = chooseRounds(training, check);
  const bayesLogLoss = meanLogLoss(gaussianBayes.train(training).infer(check.features), check.labels, check.classCount);
  return bayesLogLoss < forest.logLoss ? gaussianBayes.train(traces) : growForest(traces, forest.rounds);
}
