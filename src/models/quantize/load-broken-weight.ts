/** Finds weights that are no numbers, to name them. */
import { DataError } from "../../core/errors.js";
import { loadGguf } from "../gguf/load-gguf.js";
import { dequantize, UNPACKED_KINDS } from "./dequantize.js";

/** The first tensor with a NaN or infinite weight, as an error to throw; undefined when there is none in kinds that we unpack. */
export function findBrokenWeight(path: string): DataError | undefined {
  const file = loadGguf(path);
  try {
    for (const tensor of file.tensors) {
      if (!UNPACKED_KINDS.includes(tensor.kind.name)) continue;
      const numbers = dequantize(tensor.kind, file.readBytes(tensor)), index = numbers.findIndex((number) => !Number.isFinite(number));
      if (index < 0) continue;
      return new DataError({
        subject: `tensor ${tensor.name}`, rule: "hold finite weights", got: numbers[index], where: `${path}, weight ${index} of the tensor at byte ${tensor.byteOffset}`,
        hint: "The training diverged or the file is damaged; take an earlier checkpoint or fetch it again.",
      });
    }
    return undefined;
  } finally {
    file.close();
  }
}
