import { expect, it } from "vitest";
import { fuzzParsers } from "./fuzz-parsers.js";

it("refuses 20,000 changed messages without a crash or a forged one that passes", () => {
  const tallies = fuzzParsers(1, 20_000);
  expect(tallies.reduce((sum, { inputs }) => sum + inputs, 0)).toBe(20_000);
  for (const { accepted, refused, inputs } of tallies) expect(accepted + refused).toBe(inputs);
  expect(tallies.every(({ refused }) => refused > 1000)).toBe(true);
  // Without a seal some changed messages are still well-formed: the changes reach beyond the first check.
  expect(tallies.find(({ parser }) => parser === "binary request")!.accepted).toBeGreaterThan(100);
});
