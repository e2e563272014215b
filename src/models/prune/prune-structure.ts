/**
 * Structured pruning of Llama models. Feed-forward channels are taken out, so the model gets smaller in every format. Heads are
 * silenced in groups that share keys and values: the shape ties head size to width, so their zeros stay in the file.
 */
import { ConfigError } from "../../core/errors.js";
import { checkLlamaShape, headSizeOf, type LlamaShape } from "../llama/llama-shape.js";

/** Numbers of a model's weights by their name in a GGUF file. Row-major, [out, in]. */
export type NamedWeights = ReadonlyMap<string, Float32Array>;

/** A smaller model. */
export interface PrunedModel { readonly shape: LlamaShape; readonly weights: NamedWeights }

/**
 * Keeps the strongest feed-forward channels of each layer, in their order.
 *
 * A channel's strength is |gate row| |up row| |down column|: the bound on what it can write for an input of length 1, up to the
 * slope of the gate.
 *
 * @param keep Channels per layer; multiples of 256 leave room for k-quants.
 * @throws {ConfigError} unless 1 <= keep <= feedForward.
 */
export function pruneChannels(shape: LlamaShape, weights: NamedWeights, keep: number): PrunedModel {
  if (!(Number.isInteger(keep) && keep >= 1 && keep <= shape.feedForward)) {
    throw new ConfigError({ subject: "channels to keep", rule: `be a whole number from 1 to ${shape.feedForward}`, got: keep, hint: "Multiples of 256 leave room for k-quants." });
  }
  const pruned = new Map(weights);
  for (let layer = 0; layer < shape.layers; layer++) {
    const names = ["ffn_gate", "ffn_up", "ffn_down"].map((part) => `blk.${layer}.${part}.weight`) as [string, string, string];
    const [gate, up, down] = names.map((name) => weights.get(name)!) as [Float32Array, Float32Array, Float32Array];
    const kept = strongest(channelStrengths(shape, gate, up, down), keep);
    pruned.set(names[0], pickRows(gate, kept, shape.width)).set(names[1], pickRows(up, kept, shape.width)).set(names[2], pickColumns(down, kept, shape.feedForward));
  }
  return { shape: checkLlamaShape({ ...shape, feedForward: keep }), weights: pruned };
}

/**
 * Silences the weakest groups of heads of each layer: their keys, values, queries and outputs become zero.
 *
 * A group's strength is the sum over its heads of |value rows| |output columns|, what it can write whatever it attends to.
 *
 * @param keep Groups per layer that stay, from 0 to kvHeads.
 */
export function silenceHeads(shape: LlamaShape, weights: NamedWeights, keep: number): NamedWeights {
  if (!(Number.isInteger(keep) && keep >= 0 && keep <= shape.kvHeads)) {
    throw new ConfigError({ subject: "head groups to keep", rule: `be a whole number from 0 to ${shape.kvHeads}`, got: keep, hint: "A group is one head of keys and values with the queries that read it." });
  }
  const pruned = new Map(weights);
  for (let layer = 0; layer < shape.layers; layer++) {
    const name = (part: string): string => `blk.${layer}.${part}.weight`, part = (label: string): Float32Array => weights.get(name(label))!;
    const silent = new Set(Array.from({ length: shape.kvHeads }, (_, group) => group));
    for (const group of strongest(groupStrengths(shape, part("attn_v"), part("attn_output")), keep)) silent.delete(group);
    const kvRows = headSizeOf(shape), queryRows = shape.width / shape.kvHeads;
    for (const label of ["attn_k", "attn_v"]) pruned.set(name(label), zeroRows(part(label), silent, kvRows, shape.width));
    pruned.set(name("attn_q"), zeroRows(part("attn_q"), silent, queryRows, shape.width));
    pruned.set(name("attn_output"), zeroColumns(part("attn_output"), silent, queryRows, shape.width));
  }
  return pruned;
}

function channelStrengths(shape: LlamaShape, gate: Float32Array, up: Float32Array, down: Float32Array): number[] {
  const { width, feedForward } = shape;
  return Array.from({ length: feedForward }, (_, c) => norm(gate, c * width, 1, width) * norm(up, c * width, 1, width) * norm(down, c, feedForward, width));
}

function groupStrengths(shape: LlamaShape, values: Float32Array, outputs: Float32Array): number[] {
  const { width, kvHeads } = shape, headSize = headSizeOf(shape), columns = width / kvHeads;
  return Array.from({ length: kvHeads }, (_, group) => {
    const written = Array.from({ length: columns }, (_, c) => norm(outputs, group * columns + c, width, width));
    return norm(values, group * headSize * width, 1, headSize * width) * Math.sqrt(written.reduce((sum, length) => sum + length * length, 0));
  });
}

/** Length of `count` numbers from `start`, `step` apart. */
function norm(numbers: Float32Array, start: number, step: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += numbers[start + i * step]! ** 2;
  return Math.sqrt(sum);
}

/** Indexes of the `count` largest, ascending; of equal ones the earlier. */
function strongest(strengths: readonly number[], count: number): number[] {
  return strengths.map((_, i) => i).sort((a, b) => strengths[b]! - strengths[a]! || a - b).slice(0, count).sort((a, b) => a - b);
}

function pickRows(matrix: Float32Array, rows: readonly number[], columns: number): Float32Array {
  const picked = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => { picked.set(matrix.subarray(row * columns, (row + 1) * columns), i * columns); });
  return picked;
}

function pickColumns(matrix: Float32Array, columns: readonly number[], width: number): Float32Array {
  return Float32Array.from({ length: matrix.length / width * columns.length }, (_, i) => matrix[Math.floor(i / columns.length) * width + columns[i % columns.length]!]!);
}

function zeroRows(matrix: Float32Array, groups: ReadonlySet<number>, rowsPerGroup: number, columns: number): Float32Array {
  return matrix.map((number, i) => (groups.has(Math.floor(i / columns / rowsPerGroup)) ? 0 : number));
}

function zeroColumns(matrix: Float32Array, groups: ReadonlySet<number>, columnsPerGroup: number, columns: number): Float32Array {
  return matrix.map((number, i) => (groups.has(Math.floor(i % columns / columnsPerGroup)) ? 0 : number));
}
