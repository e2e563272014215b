/**
 * Data-parallel lanes that share their experts: each lane has its own sequences, and all take every step together, as the
 * layers of experts exchange tokens. A replica holds the batch of all lanes; its step lasts as long as that of the
 * busiest lane. Lanes are balanced: decoding sequences are spread evenly, prompts go where there are fewest tokens.
 */
import { BatchShape } from "./iteration-cost.js";

/** Reduces the batch of all lanes to that of the busiest. */
export class LaneShape {
  private readonly shape: BatchShape;
  private readonly laneOfChunk: Int32Array;
  private readonly tokens: Float64Array;

  constructor(readonly lanes: number, maxRunning: number) {
    this.shape = new BatchShape(maxRunning);
    this.laneOfChunk = new Int32Array(maxRunning);
    this.tokens = new Float64Array(lanes);
  }

  /** The busiest lane's batch. The same object on each call. */
  busiest(batch: BatchShape): BatchShape {
    const { shape, lanes } = this, decodes = Math.ceil(batch.decodes / lanes);
    shape.decodes = decodes;
    // By the whole mean, so that it grows by one token per sequence and step whatever the rest of the division.
    shape.kvTokens = decodes === 0 ? 0 : decodes * Math.floor(batch.kvTokens / batch.decodes);
    shape.spread = batch.spread;
    this.takeChunks(batch, this.spread(batch, decodes));
    shape.sampled = Math.min(batch.sampled, decodes + shape.chunks);
    return shape;
  }

  /** Deals the chunks out; returns the lane with most tokens. */
  private spread(batch: BatchShape, decodes: number): number {
    const { tokens } = this;
    tokens.fill(decodes);
    for (let i = 0; i < batch.chunks; i++) {
      const lane = tokens.indexOf(Math.min(...tokens));
      this.laneOfChunk[i] = lane;
      tokens[lane]! += batch.chunkTokens[i]!;
    }
    return tokens.indexOf(Math.max(...tokens));
  }

  private takeChunks(batch: BatchShape, lane: number): void {
    const { shape } = this;
    shape.chunks = 0;
    for (let i = 0; i < batch.chunks; i++) {
      if (this.laneOfChunk[i] !== lane) continue;
      shape.chunkTokens[shape.chunks] = batch.chunkTokens[i]!;
      shape.chunkBefore[shape.chunks++] = batch.chunkBefore[i]!;
    }
  }
}
