/** Members of a family as tables. */
import type { MemberRecord } from "../models/load-family.js";

/** One line per task and split. */
export function renderFamily(records: readonly MemberRecord[]): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
  const rows = records.flatMap(({ name, parameters, scores }) => scores.map(({ task, split, questions, accuracy, interval, copyChance, auroc, brier, calibrationError }) =>
    [name, String(parameters), task, split, String(questions), percent(accuracy), `${percent(interval.low)} to ${percent(interval.high)}`, copyChance === 0 ? "–" : percent(copyChance), auroc?.toFixed(3) ?? "–", brier.toFixed(3), calibrationError.toFixed(3)]));
  const all = [["model", "weights", "task", "split", "questions", "right", "95% interval", "copy chance", "AUROC", "Brier", "ECE"], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return `${all.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd()).join("\n")}\n`;
}
