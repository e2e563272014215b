/**
 * Leave-one-SoC-out with nothing of the chip in the fit: hyperparameters, constants and interval scales come from the other folds of chips.
 * Says how much `plmm devices check --leave-one-soc-out`, whose hyperparameters have seen every chip, flatters.
 */
import type { ChipSpec } from "../facts/chip-specs.js";
import type { Measurement } from "../facts/measurement.js";
import { checkRows } from "./check-rows.js";
import type { CheckOptions } from "./check-rows.js";
import { fitRateModel } from "./fit-rate-model.js";
import { conditionModel } from "./rate-model.js";
import type { ScoredRow } from "./score.js";
import type { TargetName } from "./rate-targets.js";

/** Fold of each chip: chips by number of rows, each to the fold with the fewest rows so far. */
export function dealChips(rows: readonly Measurement[], folds: number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>(), loads = new Array<number>(folds).fill(0), dealt = new Map<string, number>();
  for (const { chip } of rows) counts.set(chip, (counts.get(chip) ?? 0) + 1);
  for (const [chip, count] of [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))) {
    const fold = loads.indexOf(Math.min(...loads));
    loads[fold] = loads[fold]! + count;
    dealt.set(chip, fold);
  }
  return dealt;
}

/** Scored rows for each of `options`, each chip predicted by the fit of the other folds: as many fits as folds. */
export function checkNested(
  name: TargetName, rows: readonly Measurement[], chips: ReadonlyMap<string, ChipSpec>, folds: number, options: readonly CheckOptions[],
): readonly (readonly ScoredRow[])[] {
  const dealt = dealChips(rows, folds), scored = options.map((): ScoredRow[] => []);
  for (let fold = 0; fold < folds; fold++) {
    const { fit } = fitRateModel(name, rows.filter(({ chip }) => dealt.get(chip) !== fold), chips), model = conditionModel(name, fit, rows, chips);
    const asked = rows.filter(({ chip }) => dealt.get(chip) === fold);
    options.forEach((option, at) => scored[at]!.push(...checkRows(model, asked, option).scored));
  }
  return scored;
}
