/** Model files as hosts: the engine by the kind of file. */
import { loadLlamaRuntime } from "../../models/runtimes/load-llama-runtime.js";
import { loadOnnxRuntime } from "../../models/runtimes/load-onnx-runtime.js";
import { loadGgufHeader } from "../../models/gguf/load-gguf.js";
import { makePrompts, type RenderPrompt } from "../../models/chat/conversation.js";
import type { LoadedModel } from "../../models/runtimes/runtime.js";
import { ModelHost } from "./model-host.js";

/** A model file and the room it gets. */
export interface HostedFile { readonly path: string; readonly sequences: number; readonly contextTokens: number; readonly threads: number }

/** Loads a model. @param watch Stands between model and host. @throws as the engines. */
export async function loadModelHost({ path, ...options }: HostedFile, watch: (model: LoadedModel) => LoadedModel = (model) => model): Promise<ModelHost> {
  const runtime = path.endsWith(".onnx") ? loadOnnxRuntime() : loadLlamaRuntime();
  return new ModelHost(watch(await runtime.load(path, options)));
}

/** The chat template of a GGUF file; undefined for models of the world, which know questions and answers only. */
export function loadChatTemplate(path: string): RenderPrompt | undefined {
  if (path.endsWith(".onnx")) return undefined;
  const { metadata } = loadGgufHeader(path), template = metadata.get("tokenizer.chat_template");
  return template?.type === "string" ? makePrompts(template.value, { start: "", end: "" }) : undefined;
}
