import { describe, expect, it } from "vitest";
import { editDistance, nearestName } from "./nearest-name.js";

describe("nearestName", () => {
  // Damerau 1964 counts a swap of neighbours as one; kitten/sitting is the usual example of Levenshtein 1966.
  it.each([["kitten", "sitting", 3], ["ab", "ba", 1], ["", "abc", 3], ["same", "same", 0]])("counts the edits from %s to %s as %i", (left, right, edits) => {
    expect(editDistance(left, right)).toBe(edits);
    expect(editDistance(right, left)).toBe(edits);
  });

  it("takes a beginning of a name for the name", () => {
    expect(nearestName("horizon", ["shards", "horizonS", "startHour"])).toBe("horizonS");
  });

  it("stays silent when nothing is close", () => {
    expect(nearestName("zebra", ["shards", "horizonS"])).toBeUndefined();
    expect(nearestName("", ["a"])).toBeUndefined();
  });
});
