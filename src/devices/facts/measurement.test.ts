import { describe, expect, it } from "vitest";
import { loadDatasetText } from "../../config/load-dataset.js";
import { DataError } from "../../core/errors.js";
import { parseMeasurements } from "./measurement.js";
import { activeParameters, modelKey, modelKind } from "./model-name.js";
import { indexSpellings, nameBuild } from "./name-build.js";
import { namedPromptTokens, pieceTokens } from "./prompt-intake.js";
import { excludeRow } from "./row-rules.js";
import { acceleratorOf, familyOf } from "./software.js";
import { bitsOf, formatClass } from "./weight-format.js";

const ROOFLINE = "measurement_id,device,soc,device_class,backend_family,accelerator_class,model,quant,bytes_mb,bytes_basis,mem_bw_gbs,mem_bw_basis,decode_tps,eta_bw\n"
  + "m1,OnePlus 12,Snapdragon 8 Gen 3,phone,executorch,CPU,Llama-3.2-1B,BF16,2472.5,file,76.8,seen,19.2,0.618\n";

describe("names", () => {
  it("bring stacks and accelerators to families", () => {
    expect(["Ollama", "llama.cpp b8999", "LiteRT-LM (XNNPACK)", "MNN+QNN HTP", "T-MAC", "ort", "FastFlowLM"].map(familyOf))
      .toEqual(["llama.cpp", "llama.cpp", "litert", "qnn", "tmac", "ort", "other"]);
    expect(acceleratorOf("GPU", "Apple A16", "MLC")).toBe("Metal");
    expect(acceleratorOf("GPU (Adreno 840)", "Snapdragon 8 Elite Gen 5", "llama.cpp")).toBe("GPU");
    expect(acceleratorOf("CPU (RVV/IME2)", "SpacemiT K3", "MNN")).toBe("CPU");
    expect(acceleratorOf("", "Apple M3", "mlx")).toBe("Metal");
  });

  it("tell bits of formats, of the model's name where the format is not said, and the usual where neither does", () => {
    expect([bitsOf("BF16", ""), bitsOf("Q4_K_M", ""), bitsOf("w8a8", ""), bitsOf("W1.58 (2-bit)", ""), bitsOf("?", "Qwen3.5-0.8B-Q8_0.gguf"), bitsOf("?", "qwen3:8b")])
      .toEqual([16, 4.9, 8.5, 2.2, 8.5, 4.9]);
    expect([16, 8.5, 6.6, 4.6, 2.2].map(formatClass)).toEqual(["16-bit", "8-bit", "6-bit", "4-bit", "lower"]);
  });

  it("tell active parameters and kinds of models", () => {
    expect(activeParameters("Qwen3-30B-A3B-Q4_K_M.gguf", 30)).toEqual({ billions: 3, isMixture: true });
    expect(activeParameters("gpt-oss:20b", undefined)).toEqual({ billions: 3.6, isMixture: true });
    expect(activeParameters("qwen3:0.6b", undefined)).toEqual({ billions: 0.6, isMixture: false });
    expect(activeParameters("muse-glimmer", undefined).billions).toBeUndefined();
    expect([modelKind("unsloth/gemma-4-E2B-it"), modelKind("LLAMA3_2_1B"), modelKind("muse")]).toEqual(["gemma 4", "llama 3", undefined]);
    expect(modelKey("mlx-community/Qwen3-4B-4bit")).toBe(modelKey("Qwen3-4B"));
  });

  it("tell the pieces that software takes a prompt in, and the length of a prompt that flags name", () => {
    expect(["Qualcomm QNN/Genie", "qnn", "coreml-llm", "core-ai", "llama.cpp hexagon", "RKLLM"].map(pieceTokens)).toEqual([128, 128, 1, undefined, undefined, undefined]);
    expect(["median of n=3 runs; task=short-chat", "prefill is directional (short prompt on MLX/LiteRT)", "task=quality", "ctx 2048"].map(namedPromptTokens))
      .toEqual([20, 20, 128, undefined]);
  });

  it("leave rows out by flags alone", () => {
    expect(excludeRow("below-working-set RAM cap", "x")).toBe("memory below the working set");
    expect(excludeRow("speculative decoding (MTP)=yes; task=code", "x")).toBe("speculative decoding");
    expect(excludeRow("speculative decoding (MTP)=no; task=baseline", "x")).toBeUndefined();
    expect(excludeRow("cold; unmasked affinity (masked f0 gave 15.0)", "x")).toBeUndefined();
    expect(excludeRow(" thermal=serious", "x")).toBe("hot device");
  });
});

describe("measured rows", () => {
  const rows = parseMeasurements(loadDatasetText("devices/device-measurements.csv"), "device-measurements.csv");

  it("are all 1,008 read, and take streamed bytes before file size", () => {
    expect(rows.length).toBe(1008);
    // Gemma 4 E2B streams 778 MB of its 2,583 MB file.
    expect(rows.find((row) => row.id === "m0034")).toMatchObject({ streamedBytes: 778e6, bytesBasis: "streamed", modelBytes: 2583e6 });
    expect(new Set(rows.map((row) => row.exclusion))).toContain("memory below the working set");
  });

  it("are read from the joined table too, where the spelling of the model names the build", () => {
    const row = parseMeasurements(ROOFLINE, "roofline.csv")[0]!;
    expect(row).toMatchObject({ id: "m1", family: "executorch", accelerator: "CPU", streamedBytes: 2472.5e6, backend: undefined });
    const other = { ...row, chip: "another chip", backend: "ExecuTorch XNNPACK", protocol: "pytorch/executorch" };
    expect(nameBuild(row, indexSpellings([other]))).toMatchObject({ backend: "ExecuTorch XNNPACK", protocol: "pytorch/executorch" });
    expect(nameBuild(row, indexSpellings([{ ...other, chip: row.chip }])).backend).toBeUndefined();
  });

  it("refuse a table of another kind, naming its columns", () => {
    expect(() => parseMeasurements("a,b\n1,2\n", "other.csv")).toThrow(DataError);
    expect(() => parseMeasurements("a,b\n1,2\n", "other.csv")).toThrow(/other\.csv must have the columns.*a,b/);
  });
});
