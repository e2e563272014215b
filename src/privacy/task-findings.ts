/** Scores of attacks under the names of the metric catalogue, with the doubts that go with them. */
import type { Estimate } from "./people-bootstrap.js";
import type { ScoredTask } from "./score-task.js";

/** AUC of a guess about what is the same for everybody. */
const CHANCE_AUC = 0.5;

/** Ends of a 95% interval over people. */
export type Interval = Pick<Estimate, "low" | "high">;

/** Metrics that exist, and warnings for those that do not. */
export interface TaskFindings {
  readonly metrics: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /** Intervals of rates, by the names of their metrics; those of AUC and bits are metrics themselves. */
  readonly intervals?: Readonly<Record<string, Interval>>;
}

/** Describes tasks, each under the first part of its metrics' names. */
export function describeTasks(tasks: Readonly<Record<string, ScoredTask>>): Required<TaskFindings> {
  const metrics: Record<string, number> = {}, warnings: string[] = [];
  for (const [name, task] of Object.entries(tasks)) describeTask(name, task, metrics, warnings);
  return { metrics, warnings, intervals: Object.fromEntries(Object.entries(tasks).flatMap(([name, task]) => intervalsOf(name, task))) };
}

function describeTask(task: string, { score, leftOutRows }: ScoredTask, metrics: Record<string, number>, warnings: string[]): void {
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
  metrics[`${task}.bits.low`] = score.bits.low;
  metrics[`${task}.bits.high`] = score.bits.high;
  metrics[`${task}.advantage`] = score.advantage.value;
  metrics[`${task}.top1`] = score.accuracy.value;
  metrics[`${task}.prior`] = score.prior;
  if (score.isResolvedAt1Percent) metrics[`${task}.tpr1`] = score.tprAt1Percent.value;
  else warnings.push(`${task}.tpr1 is left out: 1% of the false claims is less than one of them.`);
  if (score.isResolvedAt1PerMille) metrics[`${task}.tpr01`] = score.tprAt1PerMille.value;
  else warnings.push(`${task}.tpr01 is left out: 0.1% of the false claims is less than one of them.`);
}

function intervalsOf(task: string, { score }: ScoredTask): [string, Interval][] {
  if (!score.isScored) return [];
  const { accuracy, tprAt1Percent, isResolvedAt1Percent } = score, rates: [string, Interval][] = [[`${task}.top1`, { low: accuracy.low, high: accuracy.high }]];
  return isResolvedAt1Percent ? [...rates, [`${task}.tpr1`, { low: tprAt1Percent.low, high: tprAt1Percent.high }]] : rates;
}
