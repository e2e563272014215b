import { expect, test } from "vitest";
import { measureInversion } from "./measure-inversion.js";

test("the shipped P's last states give back more words of questions than guessing, of every kind", async () => {
  const rows = await measureInversion(250);
  expect(rows.map(({ kind }) => kind)).toEqual(["personal", "domain", "mixed"]);
  for (const { attackedTexts, words, wordsPrior, rouge } of rows) {
    expect(attackedTexts).toBe(50);
    expect(words.low).toBeGreaterThan(wordsPrior.high);
    expect(rouge.value).toBeLessThanOrEqual(1);
  }
}, 120_000);
