/** Detections of failures as a table and a figure. */
import type { DetectionScore } from "../metrics/detectors/detect-failures.js";
import { makeDetectionDelays } from "../report/figures/detection-delays.js";
import type { Figure } from "../report/figure.js";
import { renderRows } from "../report/render-rows.js";
import { LIGHT_THEME } from "../report/theme.js";

/** Markdown: one row per failure. */
export function renderDetections(scores: readonly DetectionScore[]): string {
  const percent = (share: number): string => `${(100 * share).toFixed(0)}%`, hours = (value: number): string => (Number.isNaN(value) ? "–" : value.toFixed(2));
  const rows = scores.map(({ failure, detector, seenBy, injected, detected, detectedInterval, delayHours, delayInterval, healthy, falseAlarms, falseAlarmInterval }) => [
    failure, detector, seenBy, `${percent(detected)} (${percent(detectedInterval.low)} to ${percent(detectedInterval.high)}) of ${injected}`,
    `${hours(delayHours)} (${hours(delayInterval.low)} to ${hours(delayInterval.high)})`,
    `${percent(falseAlarms)} (${percent(falseAlarmInterval.low)} to ${percent(falseAlarmInterval.high)}) of ${healthy}`,
  ]);
  return renderRows(["failure", "detector", "what it sees", "detected (95%)", "median delay, hours (95%)", "false alarms per healthy run (95%)"], rows, "md");
}

/** Delay by failure. */
export function makeDetectionFigure(scores: readonly DetectionScore[]): Figure { return makeDetectionDelays(scores, LIGHT_THEME); }
