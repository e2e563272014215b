import { expect, it } from "vitest";
import { worldSection } from "../../config/sections/world-section.js";
import { findDatasetFile, loadPublicDataset } from "../../world/datasets/load-public-dataset.js";
import { parsePresidio } from "../../world/datasets/parse-presidio.js";
import { findPublicDataset } from "../../world/datasets/public-datasets.js";
import { makeWorld } from "../../world/world.js";
import { scoreMarked, scoreOnWorld } from "./score-detector.js";
import { ANY_TYPE, SpanScorer } from "./score-spans.js";

const hasMarked = findDatasetFile(findPublicDataset("presidio-synth")) !== undefined;
if (!hasMarked) console.warn("The detector is not scored on marked sentences: set PLMM_DATA to a folder with presidio-synth.");

it("counts words: a hit, a miss, a false find, and a word of another type as both", () => {
  const scorer = new SpanScorer();
  scorer.add("Ann Lee met Bo in Oslo", [{ type: "PERSON", start: 0, end: 7 }, { type: "GPE", start: 18, end: 22 }], [{ type: "PERSON", start: 0, end: 3 }, { type: "PERSON", start: 12, end: 14 }, { type: "PERSON", start: 18, end: 22 }]);
  expect(scorer.scores()).toEqual([
    { type: "PERSON", hits: 1, misses: 1, falseFinds: 2, precision: 1 / 3, recall: 1 / 2, f2: 5 / 11 },
    { type: "GPE", hits: 0, misses: 1, falseFinds: 0, precision: NaN, recall: 0, f2: 0 },
    { type: ANY_TYPE, hits: 2, misses: 1, falseFinds: 1, precision: 2 / 3, recall: 2 / 3, f2: 2 / 3 },
  ]);
});

it("finds with a profile whatever people of our world say of themselves above open, and less without", () => {
  const world = makeWorld(worldSection.parse({})), [bare, known] = scoreOnWorld(world, 40);
  for (const level of ["personal", "confidential", "special"]) {
    expect(known!.scores.find(({ type }) => type === level)!.recall).toBe(1);
    expect(bare!.scores.find(({ type }) => type === level)!.recall).toBeLessThan(1);
  }
});

it.skipIf(!hasMarked)("finds at least 85% of the marked words of templates it was not written on", () => {
  const [heldOut] = scoreMarked(parsePresidio(loadPublicDataset("presidio-synth"), "presidio-synth"));
  expect(heldOut!.scores.find(({ type }) => type === ANY_TYPE)!.recall).toBeGreaterThan(0.85);
  for (const type of ["EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS"]) expect(heldOut!.scores.find((score) => score.type === type)!.recall).toBeGreaterThan(0.95);
});
