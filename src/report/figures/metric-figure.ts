/** Any metric of the catalogue: dots with intervals over labels, or lines over a swept number. */
import { ConfigError } from "../../core/errors.js";
import type { MetricSpec } from "../../metrics/findings.js";
import { METRICS } from "../../metrics/metric-catalogue.js";
import type { LabelSummary, Summary } from "../aggregate.js";
import { PLOT_HEIGHT, PLOT_WIDTH, type Figure } from "../figure.js";
import { formatEstimate, formatShort } from "../format-number.js";
import { assignColours, type Theme } from "../theme.js";
import { endsOf, policyOf } from "./policy-point.js";
import { PLAIN_NUMBER } from "./scales.js";

const BAR_STEP = 34;
/** Distinct numbers on an axis from which a line is drawn. */
const FEWEST_FOR_LINE = 3;
const VALUE_PATH_END = /[^.]+$/;

interface MetricRow {
  readonly label: string;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly text: string;
  readonly series: string;
  readonly at: number;
}

/**
 * Draws one metric.
 *
 * @param axis Swept config path for the horizontal axis. Default: the first with at least three distinct numbers; without one, labels.
 * @returns undefined when no label has the metric.
 * @throws {ConfigError} when the metric is not in the catalogue or the axis is not swept over numbers.
 */
export function makeMetricFigure(summary: Summary, metric: string, theme: Theme, axis?: string): Figure | undefined {
  const spec = METRICS.find(({ name }) => name === metric);
  if (spec === undefined) {
    throw new ConfigError({ subject: "the metric", rule: "be a name of the catalogue", got: metric, hint: "See the names with: plmm table all --format csv" });
  }
  const labels = summary.labels.filter(({ metrics }) => metrics[metric] !== undefined);
  if (labels.length === 0) return undefined;
  const path = axis ?? findNumericAxis(labels);
  if (path !== undefined && !labels.every(({ axes }) => typeof axes[path] === "number")) {
    throw new ConfigError({ subject: "--axis", rule: "be a config path that the sweep varies over numbers", got: path, hint: "The swept paths are the keys under sweep: in the study." });
  }
  const rows = labels.map((label) => rowOf(label, spec, path));
  return {
    name: `metric-${metric.replaceAll(".", "-")}`, theme,
    title: titleOf(spec, rows),
    subtitle: `${defineMetric(spec)}${spec.better === "none" ? "" : ` ${spec.better === "lower" ? "Lower" : "Higher"} is better.`}`,
    caption: "Means over replications with 95% intervals (Student t).",
    altText: rows.map(({ label, text }) => `${label}: ${text} ${unitOf(spec)}`).join("; "),
    view: path === undefined ? dotsView(rows, spec, theme) : linesView(rows, spec, path, theme),
  };
}

/** The definition, with the one that it builds on when it speaks of "the same". */
function defineMetric(spec: MetricSpec): string {
  if (!/\bsame\b/.test(spec.definition)) return spec.definition;
  const base = METRICS.slice(0, METRICS.indexOf(spec)).reverse().find(({ definition }) => !/\bsame\b/.test(definition));
  return base === undefined ? spec.definition : `${spec.definition} (${base.title}: ${base.definition})`;
}

function findNumericAxis(labels: readonly LabelSummary[]): string | undefined {
  return Object.keys(labels[0]!.axes).find((path) => {
    const values = labels.map(({ axes }) => axes[path]);
    return values.every((value) => typeof value === "number") && new Set(values).size >= FEWEST_FOR_LINE;
  });
}

function rowOf(summary: LabelSummary, { name, digits }: MetricSpec, path: string | undefined): MetricRow {
  const estimate = summary.metrics[name]!;
  const [low, high] = endsOf(estimate);
  const rest = Object.entries(summary.axes).filter(([key]) => key !== path);
  const series = path === undefined ? policyOf(summary)
    : rest.map(([key, value]) => /kind$|^routing$/.test(key) ? policyOf(summary) : `${VALUE_PATH_END.exec(key)?.[0] ?? key} ${String(value)}`).join(", ") || "all";
  return { label: summary.label, mean: estimate.mean, low, high, text: formatEstimate(estimate, digits), series, at: path === undefined ? 0 : Number(summary.axes[path]) };
}

function titleOf({ title, unit }: MetricSpec, rows: readonly MetricRow[]): string {
  const low = rows.reduce((a, b) => b.mean < a.mean ? b : a), high = rows.reduce((a, b) => b.mean > a.mean ? b : a);
  const withUnit = (value: number): string => `${formatShort(value)}${unit === "1" || unit === "fraction" || unit === "AUC" ? "" : ` ${unit}`}`;
  return rows.length === 1 ? `${title}: ${withUnit(low.mean)}` : `${title}: ${withUnit(low.mean)} (${low.label}) to ${withUnit(high.mean)} (${high.label})`;
}

function unitOf({ unit }: MetricSpec): string {
  return unit === "1" ? "" : unit;
}

function axisTitle({ title, unit }: MetricSpec): string {
  return unit === "1" ? title : `${title} (${unit})`;
}

function dotsView(rows: readonly MetricRow[], spec: MetricSpec, theme: Theme): Figure["view"] {
  const names = [...new Set(rows.map(({ series }) => series))];
  const color = { field: "series", type: "nominal", legend: null, scale: { domain: names, range: assignColours(names, theme) } };
  const least = Math.min(0, ...rows.map(({ low }) => low)), most = Math.max(...rows.map(({ high }) => high), least + 1e-12);
  const x = (field: string): object => ({
    field, type: "quantitative", title: axisTitle(spec), scale: { domain: [least, most + (most - least) * 0.22], nice: false }, axis: { tickCount: 6, format: PLAIN_NUMBER },
  });
  const y = { field: "label", type: "nominal", sort: null, title: null, axis: { labelColor: theme.ink, labelLimit: 220, grid: false } };
  return {
    width: PLOT_WIDTH, height: { step: BAR_STEP }, data: { values: rows },
    layer: [
      { mark: { type: "bar", height: { band: 0.62 }, opacity: 0.85 }, encoding: { y, x: x("mean"), color, tooltip: [{ field: "label" }, { field: "text", title: axisTitle(spec) }] } },
      { mark: { type: "rule", strokeWidth: 2, color: theme.ink }, encoding: { y, x: x("low"), x2: { field: "high" } } },
      { mark: { type: "text", align: "left", baseline: "middle", dx: 8 }, encoding: { y, x: x("high"), text: { field: "text" } } },
    ],
  };
}

function linesView(rows: readonly MetricRow[], spec: MetricSpec, path: string, theme: Theme): Figure["view"] {
  const names = [...new Set(rows.map(({ series }) => series))];
  const ats = rows.map(({ at }) => at);
  const isLog = Math.min(...ats) > 0 && Math.max(...ats) / Math.min(...ats) >= 50;
  const x = { field: "at", type: "quantitative", title: `${path}${isLog ? " (log scale)" : ""}`, scale: { type: isLog ? "log" : "linear", zero: false, nice: false }, axis: { tickCount: 6, format: PLAIN_NUMBER } };
  const y = (field: string): object => ({ field, type: "quantitative", title: axisTitle(spec), scale: { zero: false, nice: true }, axis: { tickCount: 6, format: PLAIN_NUMBER } });
  const color = {
    field: "series", type: "nominal", sort: names, scale: { domain: names, range: assignColours(names, theme) },
    legend: names.length === 1 ? null : { title: null, orient: "right", symbolType: "stroke", symbolStrokeWidth: 3 },
  };
  return {
    width: PLOT_WIDTH, height: PLOT_HEIGHT, data: { values: rows },
    layer: [
      { mark: { type: "area", opacity: 0.16 }, encoding: { x, y: y("low"), y2: { field: "high" }, color } },
      { mark: { type: "line", strokeWidth: 2.2, point: { filled: true, size: 60 } }, encoding: { x, y: y("mean"), color, tooltip: [{ field: "label" }, { field: "text", title: axisTitle(spec) }] } },
    ],
  };
}
