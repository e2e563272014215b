import { describe, expect, it } from "vitest";
import { normalCdf } from "../core/distributions.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { LINKED_MESSAGES, scoreLinkage, scorePairs } from "./score-linkage.js";

const PEOPLE = 300;

describe("linkage over n messages", () => {
  it.each([0.5, 1])("errs Phi(-sqrt(n) d' / 2) where messages are Gaussians at distance d' = %d", (distance) => {
    const stream = new RandomStream(4, 0, Purpose.test);
    // Log-likelihood ratio of x ~ N(0, 1) between N(0, 1) and N(d', 1).
    const { errors, bits } = scorePairs(PEOPLE, (person, rival, message) => {
      const x = stream.seek(person * PEOPLE + rival, message).nextNormal();
      return distance * (distance / 2 - x);
    }, 1);
    LINKED_MESSAGES.forEach((count, i) => {
      const error = normalCdf(-Math.sqrt(count) * distance / 2);
      expect(errors[i]!.value).toBeGreaterThan(error - 0.03);
      expect(errors[i]!.value).toBeLessThan(error + 0.03);
    });
    expect(bits.value).toBeCloseTo(1 + Math.log2(1 - normalCdf(-Math.sqrt(8) * distance / 2)), 1);
  });

  it("guesses where messages say nothing", () => {
    const stream = new RandomStream(5, 0, Purpose.test);
    const { errors } = scorePairs(PEOPLE, (person, rival, message) => stream.seek(person * PEOPLE + rival, message).nextNormal(), 1);
    for (const { low, high } of errors) expect([low < 0.5, high > 0.5]).toEqual([true, true]);
  });
});

/** Person p says word 0 with chance q or 1 - q by the parity of p, else word 1. One word a message. */
function parityTexts(q: number, messages: number): { texts: { rowCount: number; columnCount: number; values: Float64Array }; people: Int32Array } {
  const stream = new RandomStream(6, 0, Purpose.test), rowCount = PEOPLE * messages;
  const values = Float64Array.from({ length: rowCount }, (_, row) => {
    const person = Math.floor(row / messages);
    return stream.seek(person, row % messages).nextUniform() < (person % 2 === 0 ? q : 1 - q) ? 0 : 1;
  });
  return { texts: { rowCount, columnCount: 1, values }, people: Int32Array.from({ length: rowCount }, (_, row) => Math.floor(row / messages)) };
}

describe("profiles of words", () => {
  it("tell people of two habits apart at the rate of the majority vote", () => {
    // Two rivals in five hundred have the other habit with chance one half; then one message errs 1 - q, eight err as a majority of 8 (ties one half).
    const { texts, people } = parityTexts(0.8, 400), { errors } = scoreLinkage(texts, people, 1)!;
    const tail = [0.8 ** 8, 8 * 0.8 ** 7 * 0.2, 28 * 0.8 ** 6 * 0.2 ** 2, 56 * 0.8 ** 5 * 0.2 ** 3], tie = 70 * 0.8 ** 4 * 0.2 ** 4;
    const otherHabit = 1 - tail.reduce((sum, chance) => sum + chance, 0) - tie / 2;
    expect(errors[0]!.value).toBeGreaterThan((0.5 + 0.2) / 2 - 0.03);
    expect(errors[0]!.value).toBeLessThan((0.5 + 0.2) / 2 + 0.03);
    expect(Math.abs(errors[3]!.value - (0.5 + otherHabit) / 2)).toBeLessThan(0.04);
  });

  it("find nothing in people of one habit", () => {
    const { texts, people } = parityTexts(0.5, 32), { errors } = scoreLinkage(texts, people, 1)!;
    for (const { value } of errors) expect(Math.abs(value - 0.5)).toBeLessThan(0.04);
  });

  it("are not made of people with few messages", () => {
    const { texts, people } = parityTexts(0.8, 15);
    expect(scoreLinkage(texts, people, 1)).toBeUndefined();
  });
});
