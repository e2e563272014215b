/** The next token from logits. */
import { Purpose, RandomStream } from "../../core/random-stream.js";
import type { DecodeOptions } from "./runtime.js";

/** A token and ln p of it under the distribution it was taken from. */
export interface ChosenToken { readonly token: number; readonly logProbability: number }

/** Takes one token after another. */
export type TokenChooser = (logits: Float32Array) => ChosenToken;

/** The likeliest at temperature 0; else a draw from the `topK` likeliest, of those the fewest that hold a share of `topP`. */
export function openChooser({ temperature = 0, topK = Infinity, topP = 1, seed = 0 }: DecodeOptions): TokenChooser {
  if (temperature === 0) return (logits) => likeliest(logSoftmaxOf(logits, 1));
  const stream = new RandomStream(seed, 0, Purpose.choice).seek(0, 0);
  return (logits) => {
    const logs = logSoftmaxOf(logits, temperature), kept = likeliestTokens(logs, topK, topP);
    const total = kept.reduce((sum, token) => sum + Math.exp(logs[token]!), 0), position = stream.nextUniform() * total;
    let sum = 0;
    const token = kept.find((each) => (sum += Math.exp(logs[each]!)) >= position) ?? kept.at(-1)!;
    return { token, logProbability: logs[token]! - Math.log(total) };
  };
}

/** Natural logarithms of the probabilities of logits divided by a temperature. */
export function logSoftmaxOf(logits: Float32Array, temperature: number): Float64Array {
  const scaled = Float64Array.from(logits, (logit) => logit / temperature), largest = scaled.reduce((a, b) => Math.max(a, b), -Infinity);
  const logOfSum = largest + Math.log(scaled.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
  return scaled.map((logit) => logit - logOfSum);
}

function likeliest(logs: Float64Array): ChosenToken {
  const token = logs.reduce((best, log, each) => (log > logs[best]! ? each : best), 0);
  return { token, logProbability: logs[token]! };
}

function likeliestTokens(logs: Float64Array, topK: number, topP: number): number[] {
  const tokens = Array.from(logs.keys());
  if (topK >= tokens.length && topP >= 1) return tokens;
  const first = tokens.sort((a, b) => logs[b]! - logs[a]! || a - b).slice(0, topK), total = first.reduce((sum, token) => sum + Math.exp(logs[token]!), 0);
  let held = 0;
  const end = first.findIndex((token) => (held += Math.exp(logs[token]!) / total) >= topP);
  return end < 0 ? first : first.slice(0, end + 1);
}
