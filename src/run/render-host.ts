/** Experiments on this host as tables and figures: real models, and steps predicted by its profile. */
import type { HostProfile } from "../devices/host/host-profile.js";
import { weightsOf } from "../devices/host/host-step.js";
import { type HostErrors, type ScoredStep, scoreHost, stepError, summarizeHost } from "../devices/host/score-host.js";
import type { Figure } from "../report/figure.js";
import { makeHostDecode } from "../report/figures/host-decode.js";
import { makeHostPredicted } from "../report/figures/host-predicted.js";
import { formatShort } from "../report/format-number.js";
import { renderRows, type RowFormat } from "../report/render-rows.js";
import { LIGHT_THEME } from "../report/theme.js";
import type { RealModelRow } from "./measure-real-models.js";

const MEGABYTE = 1e6;

/** Steps of a profile that its fit has not seen. */
export function heldOutSteps(profile: HostProfile): ScoredStep[] { return scoreHost(profile).filter(({ isHeldOut }) => isHeldOut); }

/** Errors over all of them and by group. */
export function summarizeHeldOut(profile: HostProfile): HostErrors[] { return summarizeHost(heldOutSteps(profile)); }

/** Errors by group. */
export function renderHostErrors(errors: readonly HostErrors[], format: RowFormat): string {
  return renderRows(["steps", "count", "median error", "P90 error", "visits apart"], errors.map(({ name, steps, median, p90, visitSpread }) => [name, steps, percent(median), percent(p90), percent(visitSpread)]), format);
}

/** Every step, predicted and measured. */
export function renderHostSteps(scored: readonly ScoredStep[], format: RowFormat): string {
  return renderRows(["engine", "weights M", "kind", "threads", "step", "tokens", "context", "sequences", "measured ms", "predicted ms", "error"], scored.map((each) => {
    const { model, step, predictedS } = each;
    return [model.runtime, (weightsOf(model) / 1e6).toFixed(1), model.quant, step.threads, step.kind, step.tokens, step.context, step.sequences,
      (1000 * step.seconds).toPrecision(4), (1000 * predictedS).toPrecision(4), percent(stepError(each))];
  }), format);
}

/** The figure of predicted against measured steps. */
export function makeHostFigure(profile: HostProfile): Figure {
  const scored = heldOutSteps(profile), [all] = summarizeHost(scored);
  const kindOf = ({ step: { kind, sequences } }: ScoredStep): string => kind === "prefill" ? "prompt" : sequences === 1 ? "token" : "token of several sequences";
  return makeHostPredicted(scored.map((each) => ({ kind: kindOf(each), runtime: each.model.runtime, measuredMs: 1000 * each.step.seconds, predictedMs: 1000 * each.predictedS })), all!.median, all!.p90, LIGHT_THEME);
}

/** Real models by size, format, engine and threads. Markdown. */
export function renderRealModels(rows: readonly RealModelRow[]): string {
  const head = ["model", "weights M", "engine", "format", "threads", "file MB", "load s", "prompt tokens/s", "decode tokens/s", "memory predicted MB", "memory measured MB", "predicted / measured"];
  return renderRows(head, rows.map((row) => [row.name, (row.parameters / 1e6).toFixed(2), row.runtime, row.quant, row.threads,
    ...[row.fileBytes / MEGABYTE, row.loadS, row.prefillTokensPerS, row.decodeTokensPerS, row.predictedBytes / MEGABYTE, row.peakBytes / MEGABYTE, row.predictedBytes / row.peakBytes].map(formatShort)]), "md");
}

/** The figure of real models on one thread. */
export function makeRealModelFigure(rows: readonly RealModelRow[]): Figure {
  const points = rows.filter(({ threads }) => threads === 1).map(({ name, runtime, quant, fileBytes, decodeTokensPerS }) => (
    { name, format: `${quant} (${runtime})`, megabytes: fileBytes / MEGABYTE, tokensPerS: decodeTokensPerS }));
  return makeHostDecode(points, 1, LIGHT_THEME);
}

function percent(share: number): string { return `${(100 * share).toFixed(1)}%`; }
