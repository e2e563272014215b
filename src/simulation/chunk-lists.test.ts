import fc from "fast-check";
import { expect, test } from "vitest";
import { ChunkLists, EMPTY_LIST } from "./chunk-lists.js";

test("each list gives back what was appended to it, whatever the others do", () => {
  const list = fc.nat({ max: 4 }), step = fc.oneof(fc.record({ list, times: fc.integer({ min: 1, max: 40 }) }), fc.record({ drain: list }));
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (program) => {
    const lists = new ChunkLists(), tails = [0, 1, 2, 3, 4].map(() => EMPTY_LIST), expected: number[][] = [[], [], [], [], []];
    let next = 0;
    const drain = (list: number): void => {
      const rows = new Float64Array(2 * expected[list]!.length), count = lists.count(tails[list]!);
      expect(lists.drain(tails[list]!, rows, 0)).toBe(count);
      expect(Array.from(rows).filter((_, i) => i % 2 === 1).sort((a, b) => a - b)).toEqual(expected[list]);
      tails[list] = EMPTY_LIST;
      expected[list] = [];
    };
    for (const each of program) {
      if ("drain" in each) drain(each.drain);
      else for (let i = 0; i < each.times; i++, next++) {
        tails[each.list] = lists.append(tails[each.list]!, next / 2, next);
        expected[each.list]!.push(next);
      }
    }
    for (let list = 0; list < 5; list++) drain(list);
  }), { seed: 1, numRuns: 200 });
});

test("room is used again after it was freed", () => {
  const lists = new ChunkLists(), rows = new Float64Array(2000);
  for (let turn = 0; turn < 1000; turn++) {
    let tail = EMPTY_LIST;
    for (let i = 0; i < 1000; i++) tail = lists.append(tail, i, i);
    lists.drain(tail, rows, 0);
  }
  expect(lists.links.length).toBe(64);
});
