/** How long each failure goes unnoticed: median delay with its interval, share detected and false alarms beside it. */
import type { DetectionScore } from "../../metrics/detectors/detect-failures.js";
import { PLOT_WIDTH, type Figure } from "../figure.js";
import { formatShort } from "../format-number.js";
import { assignColours, type Theme } from "../theme.js";

const ROW_HEIGHT = 56;
/** A delay below this is drawn here: the axis is logarithmic. Hours. */
const SHORTEST_HOURS = 0.01;

/** Draws one row per failure. */
export function makeDetectionDelays(scores: readonly DetectionScore[], theme: Theme): Figure {
  const found = scores.filter(({ delayHours }) => !Number.isNaN(delayHours)), fastest = found.reduce<DetectionScore | undefined>((a, b) => (a === undefined || b.delayHours < a.delayHours ? b : a), undefined);
  const percent = (share: number): string => `${(100 * share).toFixed(0)}%`;
  const rows = scores.map((score) => ({
    failure: score.failure, hours: Math.max(SHORTEST_HOURS, score.delayHours), low: Math.max(SHORTEST_HOURS, score.delayInterval.low), high: Math.max(SHORTEST_HOURS, score.delayInterval.high),
    isFound: !Number.isNaN(score.delayHours), text: `found in ${percent(score.detected)}, false alarms in ${percent(score.falseAlarms)}`,
  }));
  const [colour] = assignColours(["delay"], theme), y = { field: "failure", type: "nominal", title: null, sort: null };
  const x = (field: string): object => ({ field, type: "quantitative", title: "Time from failure to alarm, median (hours, log scale)", scale: { type: "log", domain: [SHORTEST_HOURS, 24], nice: false } });
  return {
    name: "detection-delays", theme,
    title: fastest === undefined ? "No failure was detected" : `${fastest.failure} is found first, after ${formatShort(fastest.delayHours)} hours`,
    subtitle: "Median time to the alarm over runs in which it came, with the 95% interval; beside it how often it came, and how often in healthy runs.",
    caption: "Detectors see what operators and clients see: times, ratings, and P's second look at what it sent.",
    altText: rows.map(({ failure, hours, isFound, text }) => `${failure}: ${isFound ? `${formatShort(hours)} hours` : "never"}, ${text}`).join("; "),
    view: {
      width: PLOT_WIDTH, height: ROW_HEIGHT * rows.length, data: { values: rows },
      layer: [
        { transform: [{ filter: "datum.isFound" }], mark: { type: "rule", strokeWidth: 2, color: theme.ink }, encoding: { y, x: x("low"), x2: { field: "high" } } },
        { transform: [{ filter: "datum.isFound" }], mark: { type: "circle", size: 120, opacity: 1, color: colour }, encoding: { y, x: x("hours") } },
        { mark: { type: "text", align: "left", baseline: "bottom", dy: -8 }, encoding: { y, x: { value: 6 }, text: { field: "text" } } },
      ],
    },
  };
}
