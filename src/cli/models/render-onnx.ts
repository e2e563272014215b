/** What an ONNX file says and holds, for people. */
import type { DescribedTensor, DescribedValue, OnnxDescription } from "../../models/onnx/describe-onnx.js";
import { renderRows } from "../../report/render-rows.js";
import { shortenText } from "./shorten-text.js";

/** Settings, inputs and outputs, operators, then bytes by type, then each tensor if wished. */
export function renderOnnx(file: string, byteLength: number, model: OnnxDescription, withTensors: boolean): string {
  const { irVersion, producer, operatorSets, properties, inputs, outputs, operators, tensors } = model, line = (key: string, text: string): string => `${key.padEnd(42)} ${text}`;
  return [
    `${file}: ONNX version ${irVersion}, ${byteLength} bytes, ${tensors.length} tensors\n`, line("producer", producer), line("operator sets", operatorSets.join(", ")),
    ...Object.entries(properties).map(([key, value]) => line(key, shortenText(value.replaceAll("\n", " ")))),
    ...inputs.map((value) => line(`input ${value.name}`, showValue(value))), ...outputs.map((value) => line(`output ${value.name}`, showValue(value))),
    line("operators", Object.entries(operators).map(([name, count]) => `${count} ${name}`).join(", ")),
    `\n${renderTypes(tensors)}`,
    ...(withTensors ? [renderRows(["tensor", "type", "shape"], tensors.map(({ name, type, shape }) => [name, type, shape.join(" x ")]), "text")] : []),
  ].join("\n");
}

function showValue({ type, shape }: DescribedValue): string { return `${type} [${shape.join(", ")}]`; }

function renderTypes(tensors: readonly DescribedTensor[]): string {
  return renderRows(["type", "tensors", "numbers", "bytes"], [...new Set(tensors.map(({ type }) => type))].map((type) => {
    const own = tensors.filter((tensor) => tensor.type === type);
    return [type, own.length, own.reduce((sum, { count }) => sum + count, 0), own.reduce((sum, { bytes }) => sum + bytes, 0)];
  }), "text");
}
