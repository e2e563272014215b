/** What the name of a model says: how many of its parameters work on a token, whether it is a mixture of experts, its kind. */

/** Active parameters where the name does not print them, in 1e9. Vendors' model pages; "E2B": effective ones of Gemma 3n and 4. */
const ACTIVE: readonly (readonly [pattern: RegExp, active: number, isMixture: boolean])[] = [
  [/gpt-oss.?20/, 3.6, true], [/gpt-oss.?120/, 5.1, true], [/glm-4\.7-flash/, 3, true], [/nemotron-(3-nano|cascade-2).?30/, 3.5, true],
  [/nemotron3:33/, 3.5, true], [/qwen3-coder-next/, 3, true], [/gemma-?4.?26/, 4, true], [/lfm2(\.5)?.?8b/, 1.5, true], [/lfm2:latest/, 2.3, false],
  [/qwen3\.[56].?35b/, 3, true], [/ornith.?35b/, 3, true], [/mixtral.?8x7/, 12.9, true], [/olmoe/, 1.3, true], [/north-mini|laguna/, 3, true],
  [/deepseekocr/, 0.57, true], [/qwen3(-coder)?[:-]30b/, 3.3, true], [/jamba2?-mini/, 12, true], [/e2b|gemma-?3n-2b/, 2, false], [/e4b/, 4, false],
  [/phi-?4-mini/, 3.8, false],
];

/** Kinds of architecture, first match wins. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/gemma.?4/, "gemma 4"], [/gemma/, "gemma"], [/bonsai/, "bonsai"], [/qwen.?3[._][56]/, "qwen 3.5"], [/qwen/, "qwen"], [/hammer/, "qwen"], [/lfm/, "lfm"],
  [/llama-?_?3/, "llama 3"], [/llama/, "llama"], [/smollm/, "smollm"], [/phi/, "phi"], [/bloom/, "bloom"], [/smallthinker/, "smallthinker"],
  [/minicpm/, "minicpm"], [/falcon/, "falcon"], [/nemotron/, "nemotron"], [/granite/, "granite"], [/mistral|ministral|devstral/, "mistral"], [/olmo/, "olmo"],
  [/deepseek|vibethinker|tinyswallow/, "qwen"], [/bitnet/, "bitnet"], [/rwkv/, "rwkv"], [/glm/, "glm"],
];

/** Parameters that work on one token. */
export interface ActiveParameters {
  /** In 1e9; undefined when nothing says them. */
  readonly billions: number | undefined;
  /** A mixture of experts: a file's size is then not what a token reads. */
  readonly isMixture: boolean;
}

/** Active parameters from the name ("A3B"), the tables above, the stated number, a size in the name; in this order. */
export function activeParameters(model: string, statedBillions: number | undefined): ActiveParameters {
  const name = model.toLowerCase(), active = /a(\d+(?:\.\d+)?)(b|m)\b/.exec(name);
  if (active !== null) return { billions: toBillions(active[1]!, active[2]!), isMixture: true };
  const listed = ACTIVE.find(([pattern]) => pattern.test(name));
  if (listed !== undefined) return { billions: listed[1], isMixture: listed[2] };
  if (statedBillions !== undefined) return { billions: statedBillions, isMixture: false };
  const size = /(?<![\w.])(\d+(?:\.\d+)?)(b|m)(?![a-z0-9])/.exec(name.replaceAll("_", "-"));
  return { billions: size === null ? undefined : toBillions(size[1]!, size[2]!), isMixture: false };
}

/** Kind of architecture; undefined for a name that says none. */
export function modelKind(model: string): string | undefined {
  const name = model.toLowerCase();
  return KINDS.find(([pattern]) => pattern.test(name))?.[1];
}

/** A model's name without its owner, format and file ending, to compare names. */
export function modelKey(model: string): string {
  const parts = model.toLowerCase().split("/");
  const name = /^q\d/.test(parts[parts.length - 1]!) && parts.length > 1 ? parts[parts.length - 2]! : parts[parts.length - 1]!;
  return name.replace(/_quantized|_spinquant|_qlora|-it\b|-instruct|-4bit|-gguf|-mlx|,.*|\.gguf|q4_k_m|_qwen_/g, "").replace(/[^a-z0-9.]+/g, "");
}

/** Models whose file holds embeddings that are not streamed: the file's size is not what a token reads. */
export function hasUnstreamedEmbeddings(model: string): boolean {
  return /e2b|e4b|3n/i.test(model);
}

function toBillions(digits: string, unit: string): number {
  return Number(digits) * (unit === "b" ? 1 : 1e-3);
}
