import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadDataset, loadDatasetText, packageRoot } from "../config/load-dataset.js";
import { DataError } from "../core/errors.js";
import { fitLengths } from "./fit-lengths.js";
import { loadTrace } from "./load-trace.js";
import { parseTrace } from "./trace.js";

const HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
const real = join(process.env["PLMM_DATA"] ?? "", "azure-llm-2023");
const hasReal = process.env["PLMM_DATA"] !== undefined && existsSync(real);
if (!hasReal) console.warn("Azure trace: PLMM_DATA does not hold azure-llm-2023/, so the tests on the real trace do not run.");

describe("parseTrace", () => {
  it("reads times to the microsecond from the first row, and both lengths", () => {
    const trace = parseTrace(`${HEADER}2023-11-16 23:59:59.6805900,374,44\r\n2023-11-17 00:00:00.0000019,396,109\n`, "t.csv");
    expect([...trace.atUs]).toEqual([0, 319_411]);
    expect([...trace.promptTokens]).toEqual([374, 396]);
    expect([...trace.answerTokens]).toEqual([44, 109]);
  });

  it("reads the made-up fixture of 40 rows in order", () => {
    const trace = parseTrace(loadDatasetText("azure-llm-2023/fixture-made-up.csv"), "fixture");
    expect(trace.atUs.length).toBe(40);
    for (let i = 1; i < 40; i++) expect(trace.atUs[i]!).toBeGreaterThanOrEqual(trace.atUs[i - 1]!);
    expect(trace.atUs.every(Number.isInteger)).toBe(true);
  });

  it.each([
    ["another header", "TIME,A,B\n", 1],
    ["no rows", HEADER, 2],
    ["a row with two fields", `${HEADER}2023-11-16 18:15:46.1,374\n`, 2],
    ["a time that is none", `${HEADER}2023-11-16 18:15:46.1,374,44\nyesterday,1,1\n`, 3],
    ["a thirteenth month", `${HEADER}2023-13-16 18:15:46.1,374,44\n`, 2],
    ["the thirty-first of November", `${HEADER}2023-11-31 18:15:46.1,374,44\n`, 2],
    ["a time before its predecessor", `${HEADER}2023-11-16 18:15:46.2,374,44\n2023-11-16 18:15:46.1,1,1\n`, 3],
    ["NaN tokens", `${HEADER}2023-11-16 18:15:46.2,NaN,44\n`, 2],
    ["a fraction of a token", `${HEADER}2023-11-16 18:15:46.2,1.5,44\n`, 2],
    ["no token", `${HEADER}2023-11-16 18:15:46.2,10,0\n`, 2],
    ["a negative count", `${HEADER}2023-11-16 18:15:46.2,10,-4\n`, 2],
  ])("refuses %s and names the line", (_, text, line) => {
    expect(() => parseTrace(text, "t.csv")).toThrow(DataError);
    try { parseTrace(text, "t.csv"); } catch (error) { expect((error as DataError).where).toBe(`t.csv:${line}`); }
  });

  it("names a file that is not there", () => {
    expect(() => loadTrace(join(packageRoot(), "no-such-trace.csv"))).toThrow(DataError);
  });
});

describe.runIf(hasReal)("the Azure trace of 2023", () => {
  it("has 19,366 conversation and 8,819 code requests with the means that Splitwise reports", () => {
    const conversation = loadTrace(join(real, "AzureLLMInferenceTrace_conv.csv")), code = loadTrace(join(real, "AzureLLMInferenceTrace_code.csv"));
    expect([conversation.atUs.length, code.atUs.length]).toEqual([19_366, 8_819]);
    // Patel et al. 2024, Splitwise, section III: medians of 1,020 and 1,500 prompt tokens, 129 and 13 generated.
    const median = (values: Int32Array): number => Int32Array.from(values).sort()[values.length >> 1]!;
    expect([median(conversation.promptTokens), median(conversation.answerTokens), median(code.answerTokens)]).toEqual([1020, 129, 13]);
  });

  it("gives the shipped fit", () => {
    const lengths = loadDataset("azure-llm-2023/token-lengths.json") as Record<string, Record<string, { logMean: number; logSd: number; maxTokens: number }>>;
    for (const [name, file] of [["conversation", "conv"], ["code", "code"]] as const) {
      const trace = loadTrace(join(real, `AzureLLMInferenceTrace_${file}.csv`));
      for (const column of ["promptTokens", "answerTokens"] as const) {
        const fit = fitLengths(trace[column]), shipped = lengths[name]![column]!;
        expect(fit.logMean).toBeCloseTo(shipped.logMean, 3);
        expect(fit.logSd).toBeCloseTo(shipped.logSd, 3);
        expect(fit.maxTokens).toBe(shipped.maxTokens);
      }
    }
  });
});
