import { expect, test } from "vitest";
import { batchOfTexts } from "./text-rows.js";

const END = 9, texts = [{ prompt: [1, 2], completion: [3] }, { prompt: [], completion: [4, 5] }, { prompt: [6], completion: [7] }];

test("rows hold whole texts with an end behind each, and learn completions and their ends", () => {
  const { tokens, targets, tokenWeights, textNumbers, batch, length } = batchOfTexts([texts, texts.slice(1)], { length: 8, endToken: END, learned: "completions" });
  expect([batch, length]).toEqual([2, 8]);
  // Two texts and their ends take 7 places; the third needs 2 of the 8.
  expect(Array.from(tokens.subarray(0, 8), Number)).toEqual([1, 2, 3, END, 4, 5, END, END]);
  expect(Array.from(targets.subarray(0, 8), Number)).toEqual([2, 3, END, 4, 5, END, END, END]);
  expect([...tokenWeights.subarray(0, 8)]).toEqual([0, 1, 1, 1, 1, 1, 0, 0]);
  expect([...textNumbers.subarray(0, 8)]).toEqual([0, 0, 0, 0, 1, 1, 1, 3]);
  expect([...tokenWeights.subarray(8)]).toEqual([1, 1, 0, 1, 1, 0, 0, 0]);
});

test("a text that is too long is left out, those behind it are not, and everything may be learned", () => {
  const { tokenWeights } = batchOfTexts([[{ prompt: [1, 2, 3], completion: [4] }]], { length: 3, endToken: END, learned: "everything" });
  expect([...tokenWeights]).toEqual([0, 0, 0]);
  expect(Array.from(batchOfTexts([[{ prompt: [1, 2, 3], completion: [4] }, texts[2]!]], { length: 3, endToken: END, learned: "everything" }).tokens, Number)).toEqual([6, 7, END]);
  expect([...batchOfTexts([texts], { length: 3, endToken: END, learned: "everything" }).tokenWeights]).toEqual([1, 1, 1]);
});
