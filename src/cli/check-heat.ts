/** plmm devices check on recorded runs: each run's slowing down predicted from the other runs. */
import { parseHeatCurves } from "../devices/fit-heat.js";
import { HEAT_FORMS, scoreHeat, summarizeHeatErrors } from "../devices/score-heat.js";

/** Whether a table holds recorded runs: a rate per second of a run. */
export function isHeatTable(text: string): boolean {
  return /(^|,)"?sample_index"?(,|$)/m.test(text.replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0]!);
}

/**
 * Report of a table of recorded runs, as text or JSON.
 *
 * @throws {DataError} when a number is none.
 */
export function checkHeat(text: string, file: string, json: boolean): string {
  const scores = scoreHeat(parseHeatCurves(text, file), () => undefined), forms = HEAT_FORMS.filter((form) => form !== "by-bytes").map((form) => ({ form, errors: summarizeHeatErrors(scores, form) }));
  if (json) return `${JSON.stringify({ file, forms, runs: scores }, undefined, 2)}\n`;
  const percent = (share: number): string => `${(share * 100).toFixed(1)}%`.padStart(12), head = ["runs", "median", "P90", "within 2x", "in 80%", "curve"].map((title) => title.padStart(12)).join("");
  const lines = forms.map(({ form, errors }) => errors === undefined ? `  ${form.padEnd(14)}too few runs that start cool` : `  ${form.padEnd(14)}${String(errors.runs).padStart(12)}${[errors.median, errors.p90, errors.within2x, errors.coverage, errors.curveError].map(percent).join("")}`);
  const hot = scores.filter((score) => !score.isCool).map((score) => score.measuredRatio).sort((a, b) => a - b);
  return ["sustained rate (last two minutes, of the first 30 s; runs that start cool, each predicted from the others)", `  ${"".padEnd(14)}${head}`, ...lines,
    ...(hot.length === 0 ? [] : [`  ${hot.length} runs that start hot keep ${hot[0]!.toFixed(2)} to ${hot.at(-1)!.toFixed(2)} of their first 30 s.`]), ""].join("\n");
}
