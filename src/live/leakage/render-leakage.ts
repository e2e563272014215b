/** Tables and the figure of captured attacks beside modelled ones. Markdown. */
import type { Figure } from "../../report/figure.js";
import { makeCapturedModelled, type ViewPoint } from "../../report/figures/captured-modelled.js";
import { renderRows } from "../../report/render-rows.js";
import { LIGHT_THEME } from "../../report/theme.js";
import { compareViews, type Scored, type ViewRow, type ViewScore } from "./compare-views.js";
import type { SettingLeakage } from "./measure-leakage.js";

/** Every claim under every setting: captured, modelled, captured less modelled. */
export function renderViews(found: readonly SettingLeakage[]): string {
  const rows = compareViews(found).map(({ observer, claim, setting, captured, modelled, difference }) => [
    observer, claim, setting, show(captured.auc), show(modelled.auc), showChange(difference.auc), show(captured.tpr1), show(modelled.tpr1),
    showGuess(captured), showGuess(modelled), show(captured.bits), show(modelled.bits), showChange(difference.bits),
  ]);
  return renderRows(["observer", "claim", "setting", "AUC captured", "AUC modelled", "difference", "TPR at 1% FPR captured", "modelled", "right guesses, blind ones: captured", "modelled", "bits captured", "bits modelled", "difference"], rows, "md");
}

/** Claims of the table of prices: who is best placed to make them. */
const HEADLINES: readonly (readonly [observer: string, claim: string, title: string])[] = [
  ["path", "was an expert asked", "path: expert asked, bits"], ["path", "which domain", "path: domain, bits"], ["relay", "which domain", "relay: domain, bits"],
  ["gateway link", "which domain", "gateway link: domain, bits"], ["relay and E", "whose request", "relay and E: whose, bits"],
];

/** What a setting hides and what it costs, in one row: captured, and modelled in brackets. */
export function renderSettings(found: readonly SettingLeakage[]): string {
  const views = compareViews(found), rows = found.map(({ setting, asked, answered, price: { upBytes, downBytes, ttftP50S, ttftP95S, latencyP95S, correct, tokens } }) => [
    setting, ...HEADLINES.map(([observer, claim]) => showBoth(views.find((row) => row.setting === setting && row.observer === observer && row.claim === claim))),
    Math.round(upBytes), Math.round(downBytes), milliseconds(ttftP50S), milliseconds(ttftP95S), milliseconds(latencyP95S), correct.toFixed(3), tokens.toFixed(2), `${answered} of ${asked}`, "not measured",
  ]);
  return renderRows(["setting", ...HEADLINES.map(([, , title]) => title), "bytes up", "bytes down", "TTFT p50 (ms)", "TTFT p95 (ms)", "latency p95 (ms)", "right answers", "tokens paid", "answered", "energy (J)"], rows, "md");
}

/** What could not be judged, in the words of the scorers, and where. Rates at 0.1% are not asked for here. */
export function renderDoubts(found: readonly SettingLeakage[]): string {
  const places = new Map<string, string[]>();
  for (const { setting, ...views } of found) {
    for (const view of ["captured", "modelled"] as const) {
      for (const warning of views[view].warnings.filter((each) => !each.includes("tpr01"))) places.set(warning, [...places.get(warning) ?? [], `${setting} (${view})`]);
    }
  }
  return renderRows(["doubt", "settings"], [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([warning, where]) => [warning, where.join(", ")]), "md");
}

/** AUC of both views, claim by claim. */
export function makeLeakageFigure(found: readonly SettingLeakage[]): Figure {
  const points = compareViews(found).flatMap(({ observer, claim, setting, captured, modelled }): ViewPoint[] => {
    const of = (view: ViewPoint["view"], { auc }: ViewScore): ViewPoint[] => auc === undefined ? [] : [{ view, panel: `${observer}: ${claim}`, setting, auc: auc.value, low: auc.low ?? auc.value, high: auc.high ?? auc.value }];
    return isDrawn(observer) ? [...of("captured", captured), ...of("modelled", modelled)] : [];
  });
  return makeCapturedModelled(points, found.map(({ setting }) => setting), LIGHT_THEME);
}

/** Traffic and payments: who reads words is not hindered by the settings. */
function isDrawn(observer: string): boolean { return /path$|alone|relay$|link|ledger/.test(observer); }

function showBoth(row: ViewRow | undefined): string {
  if (row === undefined) return "not scored";
  return `${show(row.captured.bits)} [${show(row.modelled.bits)}]`;
}

function show(scored: Scored | undefined): string {
  if (scored === undefined) return "–";
  const { value, low, high } = scored;
  return low === undefined || high === undefined ? value.toFixed(3) : `${value.toFixed(3)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

function showChange(scored: Scored | undefined): string {
  if (scored === undefined) return "–";
  const { value, low, high } = scored, width = low === undefined || high === undefined ? "" : ` ±${((high - low) / 2).toFixed(2)}`;
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}${width}`;
}

function showGuess({ top1, prior }: ViewScore): string { return top1 === undefined || prior === undefined ? "–" : `${show(top1)}, ${prior.value.toFixed(3)}`; }

function milliseconds(seconds: number): number { return Math.round(1000 * seconds); }
