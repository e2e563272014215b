import { describe, expect, it } from "vitest";
import { sampleWorld } from "../sample-world.test-data.js";
import { fillPattern, splitPhrasings } from "./phrasings.js";

const world = sampleWorld();

describe("ways to ask", () => {
  it("are many for each intent, on both sides of the split, and on one side only", () => {
    expect(world.phrasings.size).toBeGreaterThan(75);
    for (const [intent, { train, heldOut }] of world.phrasings) {
      expect(train.length + heldOut.length, intent).toBeGreaterThanOrEqual(5);
      expect(heldOut.length, intent).toBeGreaterThanOrEqual(1);
      expect(train.length, intent).toBeGreaterThanOrEqual(3);
      expect(train.filter((pattern) => heldOut.includes(pattern))).toEqual([]);
    }
  });

  it("mean one thing each: no pattern is used for two intents, and none is part of another of its intent", () => {
    const owners = new Map<string, string>();
    for (const [intent, { train, heldOut }] of world.phrasings) {
      const patterns = [...train, ...heldOut];
      for (const pattern of patterns) {
        // Areas may share a question form, the entity tells them apart.
        if (!pattern.includes("{e}")) expect(owners.get(pattern) ?? intent).toBe(intent);
        owners.set(pattern, intent);
        expect(patterns.filter((other) => other !== pattern && other.includes(pattern)), pattern).toEqual([]);
      }
    }
  });

  it("keep their side when others are added", () => {
    const patterns = Array.from({ length: 20 }, (_, i) => `pattern ${i}?`);
    const small = splitPhrasings(1, 0.25, [{ id: "a", patterns }]).get("a")!, large = splitPhrasings(1, 0.25, [{ id: "a", patterns: [...patterns, "one more?"] }]).get("a")!;
    expect(small.heldOut).toHaveLength(5);
    expect(small.heldOut.filter((pattern) => !large.heldOut.includes(pattern)).length).toBeLessThanOrEqual(1);
  });

  it.each([[0, 1], [1, 4]])("leave at least one on each side at share %s", (share, heldOut) => {
    expect(splitPhrasings(1, share, [{ id: "a", patterns: ["1", "2", "3", "4", "5"] }]).get("a")!.heldOut).toHaveLength(heldOut);
  });

  it("are filled slot by slot; a slot without a value stays", () => {
    expect(fillPattern("is {e} with {o} {x}?", { e: "A", o: "{e}" })).toBe("is A with {e} {x}?");
  });
});
