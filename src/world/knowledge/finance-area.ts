/** Finance: banks and their terms, and the tax of salary bands. Rule: a tax rate or a loan follows from a salary. */
import { coinNames } from "../coin-name.js";
import { makeArea, numbered } from "./knowledge-area.js";
import type { KnowledgeArea } from "./knowledge-area.js";

/** Lower ends of the salary bands, in thousands a year. */
export const BAND_STARTS: readonly number[] = [0, 20, 35, 50, 75, 110];

/** Names of the salary bands, in the order of `BAND_STARTS`. */
export const SALARY_BANDS: readonly string[] = BAND_STARTS.map((start, i) => (
  i + 1 < BAND_STARTS.length ? `${start}k to ${BAND_STARTS[i + 1]! - 1}k` : `${start}k and more`));

/** Number of the band that holds a salary. @param salary In thousands a year. */
export function bandOfSalary(salary: number): number {
  let band = 0;
  while (band + 1 < BAND_STARTS.length && salary >= BAND_STARTS[band + 1]!) band++;
  return band;
}

/** The finance area. */
export function makeFinanceArea(seed: number, banks: number, driftPerDay: number, cities: readonly string[]): KnowledgeArea {
  return makeArea("finance", driftPerDay, [
    {
      name: "bank", entities: coinNames(seed, "bank", banks), relations: [
        { label: "savings rate", volatility: 2, values: numbered(0.25, 0.25, 20, "%"),
          questions: ["how much interest does {e} pay on savings?", "what do savings earn at {e}?", "interest paid by {e}?"],
          statements: ["{e} pays {v} on savings.", "savings at {e} earn {v}."] },
        { label: "loan rate", volatility: 2, values: numbered(3, 0.5, 20, "%"),
          questions: ["what does a loan cost at {e}?", "how much interest does {e} take on a loan?", "cost of borrowing from {e}?"],
          statements: ["{e} lends at {v}.", "a loan from {e} costs {v}."] },
        { label: "monthly fee", volatility: 0.7, values: numbered(1, 1, 15, " dollars"),
          questions: ["what does {e} charge a month?", "how expensive is an account with {e}?", "account price of {e}?"],
          statements: ["an account with {e} costs {v} a month.", "{e} charges {v} a month."] },
        { label: "loan floor", volatility: 0.3, values: numbered(20, 5, 16, "k"),
          questions: ["which salary does {e} ask for a loan?", "from what salary on does {e} lend?", "smallest salary for a loan from {e}?"],
          statements: ["{e} lends from a salary of {v}.", "for a loan {e} asks a salary of {v}."] },
        { label: "head office", volatility: 0, values: cities,
          questions: ["where is {e} at home?", "in which city does {e} sit?", "home town of {e}?"],
          statements: ["{e} has its head office in {v}.", "{e} is at home in {v}."] },
      ],
    },
    {
      name: "salary band", entities: SALARY_BANDS, relations: [
        { label: "tax rate", volatility: 1, values: numbered(4, 2, 21, "%"),
          questions: ["how much tax is due on {e}?", "what share of {e} goes to tax?", "tax owed on {e}?"],
          statements: ["a salary of {e} is taxed at {v}.", "on {e} the tax is {v}."] },
      ],
    },
  ]);
}
