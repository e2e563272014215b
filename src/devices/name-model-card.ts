/** From a model's name as sources print it to its card: "mlx-community/Qwen3-4B-4bit" is qwen3-4b. */
import { modelKey } from "./facts/model-name.js";

/** Sizes and kinds by printed name without owner, format and ending (`modelKey`), first match wins. Fine-tuned models have the card of their base. */
const CARDS: readonly (readonly [pattern: RegExp, card: string])[] = [
  [/smollm2.*135m/, "smollm2-135m"], [/smollm2.*360m/, "smollm2-360m"], [/smollm2.*1.?7b/, "smollm2-1.7b"], [/smollm3.?3b/, "smollm3-3b"],
  [/^(deepseek.?r1.*1\.5b|vibethinker.?1\.5b)/, "deepseek-r1-distill-qwen-1.5b"], [/^deepseek.?r1.*14b/, "qwen2.5-14b"],
  [/^(deepseek.?r1.*7b|qwen2\.?5(coder)?7b)/, "qwen2.5-7b"],
  [/^qwen2\.5coder14b/, "qwen2.5-14b"], [/^(qwen2(\.?5)?|hammer21)0\.?5b/, "qwen2.5-0.5b"], [/^(qwen2(\.?5)?|hammer21|tinyswallow)1\.?5b/, "qwen2.5-1.5b"],
  [/^(qwen2\.?5|hammer21)3b/, "qwen2.5-3b"],
  [/qwen3\.50\.8b/, "qwen3.5-0.8b"], [/qwen3\.52b/, "qwen3.5-2b"], [/qwen3\.54b/, "qwen3.5-4b"], [/qwen3\.59b|omnicoder9b/, "qwen3.5-9b"],
  [/^(qwen)?qwen3(?!\.|coder|omni|vl).*30ba3b/, "qwen3-30b-a3b"], [/^qwen30\.?6b/, "qwen3-0.6b"], [/^qwen3(1\.?7b|vl2b)/, "qwen3-1.7b"], [/^(qwen34b|janhqjancode4b|janhqjanv34b)/, "qwen3-4b"],
  [/^(qwen38b|.*bonsai8b)/, "qwen3-8b"], [/^qwen332b/, "qwen3-32b"], [/^qwen314b|nouscoder14b/, "qwen3-14b"], [/^qwen(1\.5)?1\.8b/, "qwen-1.8b"],
  [/^qwen(1\.5)?7b/, "qwen-7b"], [/^qwen1\.50\.5b/, "qwen1.5-0.5b"], [/^qwen1\.54b/, "qwen1.5-4b"],
  [/^llama3\.?2.?1b/, "llama-3.2-1b"], [/^llama3\.?2.?3b/, "llama-3.2-3b"], [/^llama3(\.1)?.?8b/, "llama-3.1-8b"],
  [/^(llama27b|llama7b|llama7bv2|vicuna7b|koala7b|wizardlm7b|vigogne.*7b|metharme7b|deepseekllm7b)/, "llama-2-7b"], [/^tinyllama1\.1b/, "tinyllama-1.1b"],
  [/^gemma3270m/, "gemma-3-270m"], [/^gemma31b/, "gemma-3-1b"], [/^gemma34b/, "gemma-3-4b"], [/^gemma22b/, "gemma-2-2b"],
  [/^gemma3n(e2b|2b)/, "gemma-3n-e2b"], [/^gemma3ne4b/, "gemma-3n-e4b"], [/^gemma4.?e2b/, "gemma-4-e2b"], [/^gemma4.?e4b/, "gemma-4-e4b"],
  [/^phi.?3\.?5?.?(mini|3\.8b)/, "phi-3.5-mini"], [/^phi4mini/, "phi-4-mini"], [/^olmo21b/, "olmo-2-1b"], [/^mistral7b/, "mistral-7b"], [/^ministral33b/, "ministral-3-3b"],
  [/^ministral38b/, "ministral-3-8b"], [/^phi2$/, "phi-2"], [/^falcon7b/, "falcon-7b"], [/^falcon37b/, "falcon3-7b"], [/^(stablelm|zephyr)3b/, "stablelm-3b-4e1t"],
  [/^bloom560m/, "bloom-560m"], [/^bloom1\.1b/, "bloom-1.1b"], [/^bloom7b/, "bloom-7.1b"], [/^mpt7b/, "mpt-7b"], [/^persimmon8b/, "persimmon-8b"], [/^yi(models)?6b/, "yi-6b"],
  [/^chinesellama(alpaca)?7b/, "chinese-alpaca-7b"], [/^baichuan17b/, "baichuan-7b"], [/^baichuan27b/, "baichuan2-7b"], [/^aquila17b/, "aquila-7b"], [/^aquila27b/, "aquila2-7b"],
  [/^chatglm36b/, "chatglm3-6b"], [/^telechat23b/, "telechat2-3b"], [/^olmoe1b7b/, "olmoe-1b-7b"], [/^bitnet3b/, "bitnet-b1.58-3b"],
  [/^granite3bcode/, "granite-3b-code"], [/granite4\.13b/, "granite-4.1-3b"], [/granite4\.18b/, "granite-4.1-8b"], [/nemotron3nano4b/, "nemotron-3-nano-4b"],
  [/^minicpm2b/, "minicpm-2b"], [/^minicpm34b/, "minicpm3-4b"], [/^minicpm40\.5b/, "minicpm4-0.5b"], [/^minicpm51b/, "minicpm5-1b"], [/^internlm21\.8b/, "internlm2-1.8b"],
  [/lfm2.?5?.?1.?2b/, "lfm2.5-1.2b"], [/^lfm2.?5?.?350m/, "lfm2-350m"],
];

/** Name of the card; undefined for a model that has none. */
export function nameModelCard(model: string): string | undefined {
  const key = modelKey(model.replaceAll(" / ", " ")).replace(/mlx$/, "");
  return CARDS.find(([pattern]) => pattern.test(key))?.[1];
}
