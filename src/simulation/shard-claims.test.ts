import { describe, expect, it } from "vitest";
import { NO_SHARD, ShardClaims } from "./shard-claims.js";

const ORDER = Int32Array.of(3, 0, 5, 1, 4, 2);

/** Claims of two threads on one memory, with an offer: shards 0, 1, 3 and 4 are due in window 7 or before, shard 5 has mail. */
function offered(): readonly [ShardClaims, ShardClaims] {
  const memory = ShardClaims.allocate(6, 2), claims = [0, 1].map((thread) => new ShardClaims(memory, ORDER, 2, thread)) as [ShardClaims, ShardClaims];
  claims[0].offer(7, Int32Array.of(7, 2, 8, 0, 7, 9), Int32Array.of(0, 0, 0, 0, 0, 1));
  return claims;
}

function takeAll(claims: ShardClaims): number[] {
  const taken: number[] = [];
  for (let shard = claims.take(); shard !== NO_SHARD; shard = claims.take()) taken.push(shard);
  return taken;
}

describe("claims on shards", () => {
  it("offer the shards that are due or have mail, and no others", () => {
    const [first] = offered();
    expect(first.offeredCount).toBe(5);
    expect(takeAll(first).sort()).toEqual([0, 1, 3, 4, 5]);
  });

  it("give a thread the shards of its part of the order first, then those of others", () => {
    expect(takeAll(offered()[0])).toEqual([3, 0, 5, 1, 4]);
    expect(takeAll(offered()[1])).toEqual([1, 4, 3, 0, 5]);
  });

  it("give each shard to one thread", () => {
    const [first, second] = offered(), taken = [second.take(), first.take(), first.take(), second.take(), second.take()];
    expect([...taken].sort()).toEqual([0, 1, 3, 4, 5]);
    expect([first.take(), second.take()]).toEqual([NO_SHARD, NO_SHARD]);
  });

  it("forget the offer before", () => {
    const [first, second] = offered();
    first.take();
    first.offer(1, new Int32Array(6).fill(2), Int32Array.of(0, 0, 4, 0, 0, 0));
    expect([second.take(), second.take(), first.take()]).toEqual([2, NO_SHARD, NO_SHARD]);
  });
});
