/** Models as the cost model of a host sees them: matrices by how they are packed. */
import type { HostModel } from "../../devices/host/host-step.js";
import { weightCount } from "../gguf/gguf-file.js";
import { llamaTensors } from "../gguf/llama-gguf.js";
import { kindOfName, packedBytes, type TensorKind } from "../gguf/tensor-kinds.js";
import { headSizeOf, type LlamaShape } from "../llama/llama-shape.js";
import { findRecipe, planQuantization } from "../quantize/quantize-plan.js";

/** A model in llama.cpp. @throws {ConfigError} for an unknown quantization; {ShapeError} when its blocks do not divide rows. */
export function ggufHostModel(shape: LlamaShape, quant: string): HostModel {
  const tensors = llamaTensors(shape, "F16");
  return hostModelOf("llama.cpp", shape, quant, planQuantization(tensors, findRecipe(quant)));
}

/** A model in ONNX Runtime, in float32. */
export function onnxHostModel(shape: LlamaShape): HostModel {
  return hostModelOf("ONNX Runtime", shape, "F32", llamaTensors(shape, "F16").map(() => kindOfName("F32")!));
}

function hostModelOf(runtime: string, shape: LlamaShape, quant: string, kinds: readonly TensorKind[]): HostModel {
  const { layers, width, heads, kvHeads, feedForward, vocabulary } = shape, groups = new Map<string, { kind: string; weights: number; bytes: number; isOutput: boolean }>();
  llamaTensors(shape, "F16").forEach((tensor, i) => {
    const kind = kinds[i]!, isTable = tensor.name === "token_embd.weight", isOutput = isTable || tensor.name === "output.weight";
    if (tensor.shape.length === 1 || (isTable && !shape.isTied)) return;
    const key = `${kind.name} ${isOutput}`, group = groups.get(key) ?? { kind: kind.name, weights: 0, bytes: 0, isOutput };
    const weights = weightCount(tensor);
    groups.set(key, { ...group, weights: group.weights + weights, bytes: group.bytes + packedBytes(kind, weights) });
  });
  return { runtime, quant, layers, width, heads, kvHeads, headSize: headSizeOf(shape), feedForward, vocabulary, matrices: [...groups.values()] };
}
