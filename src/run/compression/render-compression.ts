/** Experiment 07 as tables and figures. */
import type { Interval, MeanEstimate } from "../../core/statistics.js";
import type { Figure } from "../../report/figure.js";
import { makeQualityFrontier, type QualityPoint } from "../../report/figures/quality-frontier.js";
import { makeQuantizationLoss } from "../../report/figures/quantization-loss.js";
import { formatEstimate, formatNumber, formatShort } from "../../report/format-number.js";
import { renderRows } from "../../report/render-rows.js";
import { LIGHT_THEME } from "../../report/theme.js";
import { DECLARED_POWER } from "./measure-energy.js";
import type { CompressionRow } from "./measure-compression.js";

/** Every member in every form. Markdown. */
export function renderCompression(rows: readonly CompressionRow[]): string {
  const head = ["model", "weights", "format", "form", "bytes", "bits per weight", "questions", "right", "95% interval", "against original (points)", "bits per token", "more than original", "prompt tokens/s", "answer tokens/s", "mJ per token", "energy is"];
  return renderRows(head, rows.map((row) => [
    row.name, row.parameters, row.format, row.form, row.bytes, formatNumber(8 * row.bytes / row.parameters, 2), row.questions, percent(row.accuracy),
    `${percent(row.interval.low)} to ${percent(row.interval.high)}`, changeOf(row), formatEstimate(row.bitsPerToken, 4), formatEstimate(row.extraBits, 4),
    shown(row.promptTokensPerS), shown(row.answerTokensPerS), shown(row.joulesPerToken === undefined ? undefined : 1000 * row.joulesPerToken), row.joulesOrigin ?? "",
  ]), "md");
}

/** Distilled members beside their twins from scratch, form by form; undefined when nothing of the family was distilled. Markdown. */
export function renderTwins(rows: readonly CompressionRow[]): string | undefined {
  const pairs = rows.flatMap((distilled) => rows.filter(({ name, format, form }) => name === distilled.scratchTwin && format === distilled.format && form === distilled.form).map((scratch) => ({ distilled, scratch })));
  if (pairs.length === 0) return undefined;
  const interval = ({ accuracy, interval: { low, high } }: CompressionRow): string => `${percent(accuracy)} (${percent(low)} to ${percent(high)})`;
  return renderRows(["distilled", "from scratch", "format", "form", "bytes", "right, distilled", "right, from scratch", "bits per token, distilled", "bits per token, from scratch"],
    pairs.map(({ distilled, scratch }) => [distilled.name, scratch.name, distilled.format, distilled.form, distilled.bytes, interval(distilled), interval(scratch), formatEstimate(distilled.bitsPerToken, 4), formatEstimate(scratch.bitsPerToken, 4)]), "md");
}

/** Quality against bytes, speed and energy, of the members of one kind of role; quantizations side by side, of all. */
export function makeCompressionFigures(rows: readonly CompressionRow[]): readonly Figure[] {
  const points = rows.filter(({ role }) => role === "personal").map(pointOf), measured = rows.some(({ joulesOrigin }) => joulesOrigin === "measured");
  const energySource = measured ? "Energy of the whole chip by its own meter." : `Energy: ${DECLARED_POWER.coreW} W per busy core, ${DECLARED_POWER.origin} (${DECLARED_POWER.source}), times measured time.`;
  const figures = [
    makeQualityFrontier(points, "megabytes", "Personal models. Whole files, tokenizer included. Zeroed weights take their place in the file.", LIGHT_THEME),
    makeQualityFrontier(points, "tokensPerS", "Personal models. Median over rounds in which all files of a model take turns.", LIGHT_THEME),
    makeQualityFrontier(points, "millijoulesPerToken", `Personal models. ${energySource}`, LIGHT_THEME),
    makeQuantizationLoss(rows.filter(({ way }) => way === "quantized").map(lossOf), LIGHT_THEME),
  ];
  return figures.filter((figure) => figure !== undefined);
}

function pointOf(row: CompressionRow): QualityPoint {
  return {
    model: row.name, form: row.form, format: row.format.toUpperCase(), way: row.way, accuracy: row.accuracy, low: row.interval.low, high: row.interval.high, megabytes: row.bytes / 1e6,
    ...(row.answerTokensPerS === undefined ? {} : { tokensPerS: row.answerTokensPerS }), ...(row.joulesPerToken === undefined ? {} : { millijoulesPerToken: 1000 * row.joulesPerToken }),
  };
}

function lossOf({ name, form, change, extraBits }: CompressionRow): Parameters<typeof makeQuantizationLoss>[0][number] {
  const points = endsOf(change), bits = endsOf(extraBits);
  return { model: name, form, change: 100 * change.mean, changeLow: 100 * points.low, changeHigh: 100 * points.high, extraBits: extraBits.mean, extraBitsLow: bits.low, extraBitsHigh: bits.high };
}

function endsOf({ mean, halfWidth95 }: MeanEstimate): Interval { return { low: mean - halfWidth95, high: mean + halfWidth95 }; }

function changeOf({ change: { mean, halfWidth95 } }: CompressionRow): string { return `${formatNumber(100 * mean, 1)} ± ${formatNumber(100 * halfWidth95, 1)}`; }

function percent(share: number): string { return `${formatNumber(100 * share, 1)}%`; }

function shown(value: number | undefined): string { return value === undefined ? "" : formatShort(value); }
