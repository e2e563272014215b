/**
 * Shapes of language models, and what follows from them: bytes of weights, bytes that a token streams, bytes of KV cache,
 * operations per token. Decoder-only transformers with grouped-query attention and gated feed-forward layers.
 */
import { z } from "zod";
import { nearestName } from "../config/nearest-name.js";
import { ConfigError, DataError } from "../core/errors.js";

/** Width of a weight format. */
export interface QuantFormat {
  /** Mean bytes of a weight, scales included. */
  readonly bytesPerWeight: number;
  /** The same for the matrix to the vocabulary, which formats below 6 bits keep wider. */
  readonly outputBytesPerWeight: number;
  readonly origin: "published" | "measured" | "assumed";
  readonly source: string;
}

/** A public model. */
export interface ModelCard {
  readonly name: string;
  readonly title: string;
  readonly parameters: number;
  /** Parameters that work on one token: fewer than all in a mixture of experts, or with tables. */
  readonly activeParameters: number;
  readonly layers: number;
  readonly hiddenSize: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly feedForwardSize: number;
  /** Weights of norms and biases in one layer. */
  readonly extraPerLayer: number;
  readonly vocabulary: number;
  /** One matrix serves as embedding and as output. */
  readonly isEmbeddingTied: boolean;
  /** Feed-forward blocks of a layer; 1 without a mixture. */
  readonly experts: number;
  readonly activeExperts: number;
  /** Weights of tables of which a token reads one row: the per-layer embeddings of Gemma 3n and 4. Counted in `parameters`, not in `activeParameters`: never streamed. */
  readonly tableParameters: number;
  /** Numbers that one token adds to the KV cache, where layers differ: shared caches, layers without attention. Undefined: all layers alike. */
  readonly kvElementsPerToken?: number | undefined;
  /** Whether `parameters` follow from the shapes above; those of layers that are not all alike, or not gated, do not. */
  readonly isCounted: boolean;
  /** Files with a mix of formats, by name: their bytes, and those that a token streams. */
  readonly files?: Readonly<Record<string, { readonly weightBytes: number; readonly streamedBytes: number; readonly source: string }>> | undefined;
  readonly quants: Readonly<Record<string, QuantFormat>>;
  readonly origin: "published" | "measured" | "assumed";
  readonly source: string;
}

const origins = z.enum(["published", "measured", "assumed"]);
const count = z.number().int().positive();

const fileSchema = z.strictObject({
  about: z.string(),
  formats: z.record(z.string(), z.strictObject({
    bits: z.number().min(1).max(32), outputBits: z.number().min(1).max(32), origin: origins, source: z.string().min(1),
  })),
  models: z.array(z.strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/), title: z.string(), parameters: count, activeParameters: count, layers: count, hiddenSize: count,
    heads: count, kvHeads: count, headDim: count, feedForwardSize: count, extraPerLayer: z.number().int().min(0), vocabulary: count,
    isEmbeddingTied: z.boolean(), experts: count.default(1), activeExperts: count.default(1), origin: origins, source: z.string().min(1),
    tableParameters: z.number().int().min(0).default(0), kvElementsPerToken: count.optional(), isCounted: z.boolean().default(true),
    files: z.record(z.string(), z.strictObject({ weightBytes: count, streamedBytes: count, source: z.string().min(1) })).optional(),
  })).min(1),
});

/**
 * Checks a file of model cards.
 *
 * @throws {DataError} naming the first wrong field.
 */
export function parseModelCards(value: unknown, file: string): readonly ModelCard[] {
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new DataError({
      subject: issue.path.join("."), rule: "be a field of a model card", got: issue.message, where: file,
      hint: "Compare with the cards beside it.",
    });
  }
  const quants = Object.fromEntries(Object.entries(parsed.data.formats).map(([name, format]) =>
    [name, { bytesPerWeight: format.bits / 8, outputBytesPerWeight: format.outputBits / 8, origin: format.origin, source: format.source }]));
  return parsed.data.models.map((model) => ({ ...model, quants: { ...quants, ...fileFormats(model) } }));
}

/** Mean widths of the files with a mix of formats. */
function fileFormats({ files, activeParameters }: Pick<ModelCard, "files" | "activeParameters">): Readonly<Record<string, QuantFormat>> {
  return Object.fromEntries(Object.entries(files ?? {}).map(([name, { streamedBytes: bytes, source }]) => {
    const bytesPerWeight = bytes / activeParameters;
    return [name, { bytesPerWeight, outputBytesPerWeight: bytesPerWeight, origin: "published" as const, source }];
  }));
}

/**
 * Bytes of KV cache that one token adds: keys and values of all layers.
 *
 * @param bytesPerElement 2 for 16-bit caches.
 * @remarks An upper bound for models that attend to a window in some layers (Gemma 3).
 */
export function kvBytesPerToken(card: ModelCard, bytesPerElement: number): number {
  return (card.kvElementsPerToken ?? 2 * card.layers * card.kvHeads * card.headDim) * bytesPerElement;
}

/** Bytes of all weights in a format: what the file holds, and memory has to. Metadata (tokenizer) not counted: about 1% of a small model. */
export function weightBytes(card: ModelCard, quant: string): number {
  const file = card.files?.[quant];
  if (file !== undefined) return file.weightBytes;
  const format = findQuant(card, quant), vocabularyWeights = card.vocabulary * card.hiddenSize;
  return (card.parameters - vocabularyWeights) * format.bytesPerWeight + vocabularyWeights * format.outputBytesPerWeight;
}

/** Bytes of weights that one decoded token reads: active ones, without tables of which one row is read (an embedding of its own, per-layer embeddings). */
export function streamedBytes(card: ModelCard, quant: string): number {
  const file = card.files?.[quant];
  if (file !== undefined) return file.streamedBytes;
  const format = findQuant(card, quant), vocabularyWeights = card.vocabulary * card.hiddenSize;
  return (workingParameters(card) - vocabularyWeights) * format.bytesPerWeight + vocabularyWeights * format.outputBytesPerWeight;
}

/** Operations of one token at an empty context: a multiplication and an addition per working weight. */
export function opsPerToken(card: ModelCard): number {
  return 2 * workingParameters(card);
}

/**
 * Width of a format by name.
 *
 * @throws {ConfigError} naming the nearest known format.
 */
export function findQuant(card: ModelCard, quant: string): QuantFormat {
  const format = card.quants[quant];
  if (format !== undefined) return format;
  const known = Object.keys(card.quants), nearest = nearestName(quant, known);
  throw new ConfigError({
    subject: `quantization of ${card.name}`, rule: `be one of ${known.join(", ")}`, got: quant,
    hint: nearest === undefined ? "Formats: plmm models list." : `Did you mean ${nearest}?`,
  });
}

function workingParameters(card: ModelCard): number {
  return card.activeParameters - (card.isEmbeddingTied ? 0 : card.vocabulary * card.hiddenSize);
}
