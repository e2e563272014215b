/**
 * A reader that knows how far to trust its words: naive Bayes takes every word for a fresh proof, so its likelihoods are raised
 * to the power that surprised held-back people of the attacker's own texts least. Power 0 is the blind guess, so a reader to
 * whom words say nothing says nothing.
 *
 * Source: temperature scaling, Guo et al. 2017, On calibration of modern neural networks, ICML; held out by person.
 */
import { ln } from "../../core/elementary.js";
import { logPrior, type Attack, type LabelledTraces, type TrainedAttack } from "./attack.js";
import { holdOutPeople } from "./hold-out.js";
import { meanLogLoss } from "./log-loss.js";
import { wordBayes } from "./word-bayes.js";

/** Powers that are tried. The least is above 0, so that claims can still be ordered. */
const POWERS = [1e-3, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1] as const;

/** Naive Bayes over words with tempered likelihoods. */
export const reader: Attack = { name: "reader", train: trainReader };

function trainReader(traces: LabelledTraces): TrainedAttack {
  const power = choosePower(traces), trained = wordBayes.train(traces), { classCount } = traces, priors = logPrior(traces.labels, classCount, ln);
  return { description: `${trained.description}, likelihoods to the power ${power}`, infer: (features) => temper(trained.infer(features), priors, power) };
}

function choosePower(traces: LabelledTraces): number {
  const heldOut = holdOutPeople(traces);
  if (heldOut === undefined) return 1;
  const { training, check } = heldOut, priors = logPrior(training.labels, training.classCount, ln), scores = wordBayes.train(training).infer(check.features);
  const losses = POWERS.map((power) => meanLogLoss(temper(scores, priors, power), check.labels, check.classCount));
  return POWERS[losses.indexOf(Math.min(...losses))]!;
}

/** Log prior plus power times log-likelihood. */
function temper(logScores: Float64Array, priors: Float64Array, power: number): Float64Array {
  return logScores.map((score, at) => { const prior = priors[at % priors.length]!; return prior + power * (score - prior); });
}
