/**
 * Which tensor becomes which kind. Gains and other vectors stay as they are. Matrices get the kind of the recipe; the matrix to
 * the vocabulary, whose errors go straight into the logits, gets at least Q6_K (Q8_0 where its rows are no multiples of 256),
 * and so does the table of tokens when it serves as that matrix.
 *
 * @source The output matrix and the layers of Q4_K_M and Q5_K_M as in llama.cpp's llama-quantize. Its other recipes mix more kinds than
 *   ours, and it changes the kind of rows that do not divide where we refuse.
 */
import { ConfigError, DataError } from "../../core/errors.js";
import { nearestName } from "../../config/nearest-name.js";
import { rowLength, type TensorEntry } from "../gguf/gguf-file.js";
import { bitsPerWeight, kindOfName, type TensorKind } from "../gguf/tensor-kinds.js";
import { checkQuantizable, QUANTIZED_KINDS } from "./load-ggml.js";

/** A named choice of kinds. */
export interface QuantizeRecipe {
  readonly name: string;
  readonly kind: TensorKind;
  /** For value and down matrices of layers that matter more. */
  readonly strongerKind?: TensorKind;
}

const MIXED: Readonly<Record<string, readonly [kind: string, stronger: string]>> = { Q4_K_M: ["Q4_K", "Q6_K"], Q5_K_M: ["Q5_K", "Q6_K"] };
const SOURCE_KINDS: readonly string[] = ["F32", "F16", "BF16"];
const OUTPUT_BITS = 6;

/** Names of all recipes. */
export const RECIPES: readonly string[] = [...QUANTIZED_KINDS, ...Object.keys(MIXED)];

/** Recipe with a name. @throws {ConfigError} naming the nearest. */
export function findRecipe(name: string): QuantizeRecipe {
  const [kind, stronger] = MIXED[name] ?? [name];
  if (RECIPES.includes(name)) return { name, kind: kindOfName(kind)!, ...(stronger === undefined ? {} : { strongerKind: kindOfName(stronger)! }) };
  const nearest = nearestName(name, RECIPES);
  throw new ConfigError({ subject: "--to", rule: `be one of ${RECIPES.join(", ")}`, got: name, hint: nearest === undefined ? "Q4_K is the usual choice." : `Did you mean ${nearest}?` });
}

/**
 * Kinds after quantization, in the order of the tensors.
 *
 * @throws {DataError} when a matrix is quantized already; {ShapeError} when rows are no whole blocks.
 */
export function planQuantization(tensors: readonly TensorEntry[], recipe: QuantizeRecipe): TensorKind[] {
  const isTied = !tensors.some(({ name }) => name === "output.weight"), layers = layerCount(tensors);
  return tensors.map((tensor) => {
    if (tensor.shape.length === 1) return tensor.kind;
    if (!SOURCE_KINDS.includes(tensor.kind.name)) {
      throw new DataError({ subject: `tensor ${tensor.name}`, rule: `be ${SOURCE_KINDS.join(", ")} before it is quantized`, got: tensor.kind.name, hint: "Quantizing twice adds errors: start from the F16 file of the model." });
    }
    const kind = kindOf(tensor, recipe, isTied, layers);
    checkQuantizable(kind, rowLength(tensor), tensor.name);
    return kind;
  });
}

function kindOf(tensor: TensorEntry, { kind, strongerKind }: QuantizeRecipe, isTied: boolean, layers: number): TensorKind {
  if (tensor.name === "output.weight" || (isTied && tensor.name === "token_embd.weight")) return outputKind(kind, rowLength(tensor));
  const [, layer, part] = /^blk\.(\d+)\.(.+)\.weight$/.exec(tensor.name) ?? [];
  const isStronger = strongerKind !== undefined && (part === "attn_v" || part === "ffn_down") && mattersMore(Number(layer), layers);
  return isStronger ? strongerKind : kind;
}

function outputKind(kind: TensorKind, row: number): TensorKind {
  if (bitsPerWeight(kind) >= OUTPUT_BITS) return kind;
  return kindOfName(row % 256 === 0 ? "Q6_K" : "Q8_0")!;
}

/** The first and last eighth of the layers, and every third between. */
function mattersMore(layer: number, layers: number): boolean {
  const eighth = Math.floor(layers / 8);
  return layer < eighth || layer >= Math.floor(7 * layers / 8) || (layer - eighth) % 3 === 2;
}

function layerCount(tensors: readonly TensorEntry[]): number {
  return 1 + Math.max(-1, ...tensors.map(({ name }) => Number(/^blk\.(\d+)\./.exec(name)?.[1] ?? -1)));
}
