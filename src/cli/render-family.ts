/** Members of a family as tables. */
import type { MemberRecord, TaskScore } from "../models/load-family.js";
import { renderRows, type RowValue } from "../report/render-rows.js";

const COLUMNS = ["model", "weights", "task", "split", "questions", "right", "95% interval", "copy chance", "AUROC", "Brier", "ECE"];

/** One line per task and split, and one per part of a task below it. Intervals are Wilson's. */
export function renderFamily(records: readonly MemberRecord[]): string {
  return renderRows(COLUMNS, records.flatMap(({ name, parameters, scores }) => scores.flatMap((score) => [rowOf(name, parameters, score), ...partRows(score)])), "text");
}

function rowOf(name: string, parameters: number, { task, split, questions, accuracy, interval, copyChance, auroc, brier, calibrationError }: TaskScore): RowValue[] {
  const chance = copyChance === 0 ? "–" : percent(copyChance);
  return [name, parameters, task, split, questions, percent(accuracy), rangeOf(interval), chance, auroc?.toFixed(3) ?? "–", brier.toFixed(3), calibrationError.toFixed(3)];
}

function partRows({ task, parts = {} }: TaskScore): RowValue[][] {
  return Object.entries(parts).map(([part, { accuracy, interval }]) => ["", "", `${task}: ${part}`, "", "", percent(accuracy), rangeOf(interval), "", "", "", ""]);
}

function percent(share: number): string { return `${(100 * share).toFixed(1)}%`; }

function rangeOf({ low, high }: TaskScore["interval"]): string { return `${percent(low)} to ${percent(high)}`; }
