import { expect, it } from "vitest";
import { fuzzParsers } from "./fuzz-parsers.js";
import { makeFuzzTargets } from "./fuzz-targets.js";

const INPUTS = 6_000;

it("refuses 6,000 changed messages without a crash or a forged one that passes", () => {
  const tallies = fuzzParsers(1, INPUTS), sealed = new Set(makeFuzzTargets().filter(({ isSealed }) => isSealed).map(({ parser }) => parser));
  expect(tallies.reduce((sum, { inputs }) => sum + inputs, 0)).toBe(INPUTS);
  for (const { accepted, refused, inputs } of tallies) expect(accepted + refused).toBe(inputs);
  for (const { parser, refused, inputs } of tallies) if (sealed.has(parser)) expect(refused / inputs, parser).toBeGreaterThan(0.95);
  // Without a seal some changed messages are still well-formed: the changes reach beyond the first check.
  for (const parser of ["binary request", "indeterminate response", "key configurations", "token", "wallet", "journal"]) {
    const tally = tallies.find((each) => each.parser === parser)!;
    expect(tally.accepted, parser).toBeGreaterThan(2);
    expect(tally.refused, parser).toBeGreaterThan(2);
  }
});

it("takes every genuine message", () => {
  for (const { genuine, parse } of makeFuzzTargets()) parse(genuine);
});
