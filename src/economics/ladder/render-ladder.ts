/** The ladder as text for a terminal. */
import type { LadderRow, LadderStep } from "./climb-ladder.js";

const DIGITS = 5;
const NAME_WIDTH = 18;
const NUMBER_WIDTH = 13;

/** One block per step; ends with a line break. */
export function renderLadder(steps: readonly LadderStep[]): string {
  const head = `${"".padEnd(NAME_WIDTH)}${["closed form", "numeric"].map((name) => name.padStart(NUMBER_WIDTH)).join("")}   agents (95% interval)`;
  return steps.map(({ title, instance, rows }) => [`${title}`, `  ${instance}`, `  ${head}`, ...rows.map(renderRow), ""].join("\n")).join("\n");
}

function renderRow({ quantity, closedForm, numeric, agents }: LadderRow): string {
  const numbers = [closedForm, numeric].map((value) => value.toFixed(DIGITS).padStart(NUMBER_WIDTH)).join("");
  const played = agents === undefined ? "" : `   ${agents.mean.toFixed(DIGITS)} ± ${agents.halfWidth95.toFixed(DIGITS)}`;
  return `  ${quantity.padEnd(NAME_WIDTH)}${numbers}${played}`;
}
