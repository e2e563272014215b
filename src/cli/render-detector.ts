/** Scores of the detector of personal spans as tables for people. */
import type { DetectorScores } from "../protocol/redaction/score-detector.js";
import { renderRows, type RowValue } from "../report/render-rows.js";

const COLUMNS = ["type", "words", "found", "precision", "recall", "F2"];
const DIGITS = 3;

/** One table per body of texts. */
export function renderDetector(bodies: readonly DetectorScores[]): string {
  return bodies.map(({ texts, count, scores }) => {
    const rows = scores.map(({ type, hits, misses, falseFinds, precision, recall, f2 }): RowValue[] => [type, hits + misses, hits + falseFinds, round(precision), round(recall), round(f2)]);
    return `${count} texts: ${texts}\n\n${renderRows(COLUMNS, rows, "text")}`;
  }).join("\n");
}

function round(value: number): RowValue { return Number.isNaN(value) ? null : Number(value.toFixed(DIGITS)); }
