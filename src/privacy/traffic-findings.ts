/** Scores of the traffic attack under the names of the metric catalogue, with the doubts that go with them. */
import type { LeakageScore } from "./score-attack.js";

/** A question that could not be put to the attack. */
export interface NotScored {
  readonly isScored: false;
  readonly people: number;
  readonly observations: number;
  /** The truth is the same for every observation, so there is nothing to tell. */
  readonly isConstant: boolean;
  /** Why, in one clause. */
  readonly reason: string;
}

/** A task's score, and how many observations of rare classes were left out. */
export interface ScoredTask {
  readonly score: LeakageScore | NotScored;
  readonly leftOutRows: number;
}

/** AUC of a guess about what is the same for everybody. */
const CHANCE_AUC = 0.5;

/** Metrics that exist, and warnings for those that do not. */
export function describeTraffic(domain: ScoredTask, consult: ScoredTask): { metrics: Record<string, number>; warnings: string[] } {
  const metrics: Record<string, number> = {}, warnings: string[] = [];
  describeTask("domain", domain, metrics, warnings);
  describeTask("consult", consult, metrics, warnings);
  return { metrics, warnings };
}

function describeTask(name: "domain" | "consult", { score, leftOutRows }: ScoredTask, metrics: Record<string, number>, warnings: string[]): void {
  const task = `leak.${name}`;
  if (leftOutRows > 0) warnings.push(`${task} leaves out ${leftOutRows} observations of classes with too few people.`);
  if (!score.isScored && score.isConstant) {
    metrics[`${task}.auc`] = metrics[`${task}.auc.low`] = metrics[`${task}.auc.high`] = CHANCE_AUC;
    metrics[`${task}.bits`] = 0;
    return;
  }
  if (!score.isScored) {
    warnings.push(`${task} is not scored: ${score.reason} (${score.observations} observations of ${score.people} people).`);
    return;
  }
  metrics[`${task}.auc`] = score.auc.value;
  metrics[`${task}.auc.low`] = score.auc.low;
  metrics[`${task}.auc.high`] = score.auc.high;
  metrics[`${task}.bits`] = score.bits.value;
  if (score.isResolvedAt1Percent) metrics[`${task}.tpr1`] = score.tprAt1Percent.value;
  else warnings.push(`${task}.tpr1 is left out: 1% of the false claims is less than one of them.`);
  if (score.isResolvedAt1PerMille) metrics[`${task}.tpr01`] = score.tprAt1PerMille.value;
  else warnings.push(`${task}.tpr01 is left out: 0.1% of the false claims is less than one of them.`);
}
