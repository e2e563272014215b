/** ONNX Runtime, by onnxruntime-node, on the processor. Sequences that decode side by side step in one run; prompts take turns. */
import { availableParallelism } from "node:os";
import * as onnxruntime from "onnxruntime-node";
import { LimitError } from "../../core/errors.js";
import { headSizeOf, type LlamaShape } from "../llama/llama-shape.js";
import type { LlamaOnnx } from "../onnx/llama-onnx.js";
import { loadLlamaOnnx } from "../onnx/load-llama-onnx.js";
import { openSession, type Session } from "../onnx/open-session.js";
import type { Tokenizer } from "../tokenizer/tokenizer.js";
import { emptyCache } from "./onnx-cache.js";
import { type OnnxFrame, OnnxSequence } from "./onnx-sequence.js";
import { runTokens, StepQueue } from "./onnx-steps.js";
import { requireMemory, USUAL_BATCH } from "./predict-memory.js";
import type { LoadedModel, LoadOptions, MemoryPrediction, MemoryUse, Runtime, Sequence } from "./runtime.js";
import { requireEmbeddable, requireWellFormed } from "./sequence-rules.js";

const FLOAT_BYTES = 4;
/** Arrays of the token's and of the inner width that live at once in a layer. Counted in the graph: no operation has more operands. */
const LIVE_WIDTHS = 4, LIVE_INNER_WIDTHS = 3;
/** Library, its JavaScript, thread stacks and tables. Measured with a model of 0.6 million weights: 65 MB beyond Node in all. */
const ENGINE_BYTES = 55e6;
/** Weights beside those in use while a file is opened: as read, as checked, as handed over, as parsed. Measured from 5 to 100 million weights: 3.8 to 4.4. */
const OPENING_COPIES = 4;

/** The runtime. It reads files that `writeLlamaOnnx` wrote. */
export function loadOnnxRuntime(): Runtime {
  return {
    name: "ONNX Runtime", version: `onnxruntime-node ${onnxruntime.env.versions.node ?? "of unknown version"}`,
    predictMemory: (path, options) => predictOnnxMemory(loadLlamaOnnx(path), options), load: loadModel,
  };
}

/** Weights as in the file; caches in float32, the old one of a step beside the new one; logits and activations of a batch; copies while the file is opened. */
function predictOnnxMemory({ shape, weightBytes }: LlamaOnnx, { contextTokens, sequences = 1 }: LoadOptions): MemoryPrediction {
  const cacheBytes = sequences * contextTokens * shape.layers * 2 * shape.kvHeads * headSizeOf(shape) * FLOAT_BYTES;
  const batch = Math.min(USUAL_BATCH, contextTokens), widest = shape.vocabulary + LIVE_INNER_WIDTHS * shape.feedForward + LIVE_WIDTHS * shape.width;
  const scores = shape.heads * batch * contextTokens * FLOAT_BYTES;
  const workBytes = cacheBytes + batch * widest * FLOAT_BYTES + scores + OPENING_COPIES * weightBytes + ENGINE_BYTES;
  return { weightBytes, cacheBytes, workBytes, totalBytes: weightBytes + cacheBytes + workBytes };
}

async function loadModel(path: string, options: LoadOptions): Promise<LoadedModel> {
  const file = loadLlamaOnnx(path), { threads = availableParallelism() } = options;
  requireMemory(predictOnnxMemory(file, options), options.freeBytes ?? process.availableMemory(), path);
  if (options.contextTokens > file.shape.context) {
    throw new LimitError({ subject: "the context", rule: `be at most the ${file.shape.context} tokens that the model was made for`, got: options.contextTokens, where: path, hint: "Give a smaller --context." });
  }
  return new OnnxLoadedModel(await openSession(file.model, { threads }, path), file, { ...options, threads });
}

/** Implements `LoadedModel`. */
class OnnxLoadedModel implements LoadedModel {
  readonly vocabulary: number;
  readonly width: number;
  readonly contextTokens: number;
  readonly sequences: number;
  readonly threads: number;
  readonly shape: LlamaShape;
  private readonly frame: OnnxFrame;
  private readonly open = new Set<OnnxSequence>();
  private readonly weightBytes: number;
  private readonly tokenizer: Tokenizer;
  private release: Promise<void> | undefined;

  constructor(private readonly session: Session, file: LlamaOnnx, options: LoadOptions & { readonly threads: number }) {
    const { shape, tokenizer, endName, weightBytes, sharesScales } = file;
    [this.vocabulary, this.width, this.shape, this.weightBytes] = [shape.vocabulary, shape.width, shape, weightBytes];
    [this.contextTokens, this.sequences, this.threads] = [options.contextTokens, options.sequences ?? 1, options.threads];
    this.tokenizer = tokenizer;
    const endToken = tokenizer.special(endName);
    this.frame = {
      session, shape, steps: new StepQueue({ session, shape }, sharesScales ? 1 : this.sequences), vocabulary: shape.vocabulary, contextTokens: this.contextTokens, batchTokens: USUAL_BATCH, now: () => performance.now() / 1000,
      decodeText: (tokens) => tokenizer.decode(tokens), isEnd: (token) => token === endToken,
    };
  }

  encode(text: string): number[] {
    requireWellFormed(text);
    return this.tokenizer.encode(text);
  }

  decodeText(tokens: readonly number[]): string { return this.frame.decodeText(tokens); }

  isEnd(token: number): boolean { return this.frame.isEnd(token); }

  openSequence(): Sequence {
    if (this.open.size >= this.sequences) {
      throw new LimitError({ subject: "open sequences", rule: `number at most ${this.sequences}`, got: this.open.size + 1, hint: "Dispose of one, or load the model with more sequences." });
    }
    const sequence: OnnxSequence = new OnnxSequence(this.frame, () => { this.open.delete(sequence); });
    this.open.add(sequence);
    return sequence;
  }

  async embed(tokens: readonly number[]): Promise<Float64Array> {
    requireEmbeddable(tokens, this.contextTokens);
    const { states } = await runTokens(this.frame, emptyCache(this.shape), tokens);
    return Float64Array.from(states.subarray(-this.width));
  }

  /** ONNX Runtime does not tell what it holds: weights as in the file, and the caches of open sequences. */
  measureMemory(): MemoryUse {
    const cacheAndWorkBytes = [...this.open].reduce((sum, { cacheBytes }) => sum + cacheBytes, 0);
    return { weightBytes: this.weightBytes, cacheAndWorkBytes, processBytes: process.memoryUsage.rss() };
  }

  async dispose(): Promise<void> {
    this.release ??= this.session.release();
    await this.release;
  }
}
