/**
 * Makes datasets/azure-llm-2023/token-lengths.json from the Azure LLM inference trace of 2023 (not shipped; CC-BY-4.0).
 *
 *   PLMM_DATA=DIR node dist/scripts/fit-token-lengths.js [--check]
 *
 * DIR holds azure-llm-2023/AzureLLMInferenceTrace_conv.csv and _code.csv; for the user's own turns, printed only, text/synthetic-persona-chat_valid.csv.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadDatasetText, packageRoot } from "../src/config/load-dataset.js";
import { exp } from "../src/core/elementary.js";
import { DataError } from "../src/core/errors.js";
import { parseCsv } from "../src/devices/parse-csv.js";
import { fitLengths, fitLengthsByMoments, fittedQuantile } from "../src/population/fit-lengths.js";
import type { LengthFit } from "../src/population/fit-lengths.js";
import { loadTrace } from "../src/population/load-trace.js";
import type { RequestTrace } from "../src/population/trace.js";
import { renderDatasetJson } from "./render-dataset-json.js";

const OUT = join(packageRoot(), "datasets", "azure-llm-2023", "token-lengths.json");
const CITATION = "Azure/AzurePublicDataset, Azure LLM inference trace 2023 (CC-BY-4.0); Patel et al., Splitwise, ISCA 2024";
const METHOD = "log-normal by quantile-quantile regression, 5th to 95th percentile";
const USER_TURN = {
  logMean: 3.4, logSd: 1.1, maxTokens: 4096, origin: "assumed",
  source: "the user's own words of one turn, without history: median 30, mean about 55 tokens, chosen between short chat "
    + "(median of 8 words a turn in Synthetic-Persona-Chat, Jandaghi et al. 2023, arXiv:2312.10007) "
    + "and prompts to public chatbots (mean about 70 tokens in LMSYS-Chat-1M, Zheng et al. 2023, arXiv:2309.11998, from memory)",
};

interface LengthEntry { readonly logMean: number; readonly logSd: number; readonly maxTokens: number; readonly origin: string; readonly source: string; }

function main(flags: readonly string[]): void {
  const folder = process.env["PLMM_DATA"];
  if (folder === undefined) {
    throw new DataError({
      subject: "PLMM_DATA", rule: "name the folder with azure-llm-2023/", got: undefined,
      hint: "Get the files with: plmm data fetch.",
    });
  }
  const conversation = loadTrace(join(folder, "azure-llm-2023", "AzureLLMInferenceTrace_conv.csv"));
  const code = loadTrace(join(folder, "azure-llm-2023", "AzureLLMInferenceTrace_code.csv"));
  const context = "prompts hold the whole chat before the question, not the question alone";
  const lengths = {
    about: "Token lengths as log-normal laws cut to [1, maxTokens]. conversation and code: what a real service saw. userTurn: what a person types in one turn.",
    conversation: fitTrace("conversation", conversation, context),
    code: fitTrace("code", code, "prompts hold the code around the cursor, answers are completions"),
    userTurn: { promptTokens: USER_TURN },
    traces: {
      conversation: describeArrivals(conversation), code: describeArrivals(code), source: CITATION,
      note: "one hour in the evening of 16 November 2023 UTC: it shows burstiness within the hour, and nothing about the course of a day",
    },
  };
  printPersonaTurns(join(folder, "text", "synthetic-persona-chat_valid.csv"));
  const text = renderDatasetJson(lengths, 3);
  if (flags.includes("--check")) {
    const isSame = text === loadDatasetText("azure-llm-2023/token-lengths.json");
    console.log(isSame ? "The committed file is the same." : "The committed file DIFFERS.");
    process.exitCode = isSame ? 0 : 1;
    return;
  }
  writeFileSync(OUT, text);
  console.log("Wrote datasets/azure-llm-2023/token-lengths.json");
}

function fitTrace(name: string, trace: RequestTrace, note: string): { readonly promptTokens: LengthEntry; readonly answerTokens: LengthEntry } {
  return {
    promptTokens: fitColumn(`${name} prompts`, trace.promptTokens, note),
    answerTokens: fitColumn(`${name} answers`, trace.answerTokens, "answers as generated"),
  };
}

function fitColumn(title: string, tokens: Int32Array, note: string): LengthEntry {
  const robust = fitLengths(tokens), moments = fitLengthsByMoments(tokens);
  printFit(title, tokens, robust, moments);
  const source = `${CITATION}; ${tokens.length} requests; ${METHOD}, KS distance ${robust.ksDistance.toFixed(3)}; ${note}`;
  return { logMean: Number(robust.logMean.toFixed(4)), logSd: Number(robust.logSd.toFixed(4)), maxTokens: robust.maxTokens, origin: "measured", source };
}

function printFit(title: string, tokens: Int32Array, robust: LengthFit, moments: LengthFit): void {
  const sorted = Int32Array.from(tokens).sort();
  const mean = tokens.reduce((sum, value) => sum + value, 0) / tokens.length;
  console.log(`${title}: n ${tokens.length}, mean ${mean.toFixed(1)}`);
  for (const [name, fit] of [["robust", robust], ["moments", moments]] as const) {
    const uncutMean = exp(fit.logMean + fit.logSd ** 2 / 2).toFixed(1);
    console.log(`  ${name.padEnd(8)} logMean ${fit.logMean.toFixed(4)} logSd ${fit.logSd.toFixed(4)} KS ${fit.ksDistance.toFixed(3)}, uncut mean ${uncutMean}`);
  }
  const shares = [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];
  console.log(`  share    ${shares.map((share) => String(share).padStart(7)).join("")}`);
  console.log(`  data     ${shares.map((share) => String(sorted[Math.floor(share * sorted.length)]).padStart(7)).join("")}`);
  console.log(`  robust   ${shares.map((share) => fittedQuantile(robust, share).toFixed(0).padStart(7)).join("")}`);
}

/** Rate, and burstiness: counts of whole minutes, and the gaps between requests. */
function describeArrivals(trace: RequestTrace): Readonly<Record<string, number>> {
  const n = trace.atUs.length, spanS = trace.atUs[n - 1]! / 1e6, minutes = new Float64Array(Math.floor(spanS / 60));
  let squares = 0;
  const meanGapS = spanS / (n - 1);
  for (let i = 0; i < n; i++) {
    const minute = Math.floor(trace.atUs[i]! / 60e6);
    if (minute < minutes.length) minutes[minute]!++;
    if (i > 0) squares += ((trace.atUs[i]! - trace.atUs[i - 1]!) / 1e6 - meanGapS) ** 2;
  }
  const perMinute = minutes.reduce((sum, value) => sum + value, 0) / minutes.length;
  return {
    requests: n, spanS: Math.round(spanS), requestsPerS: Number((n / spanS).toFixed(3)),
    gapVariation: Number((Math.sqrt(squares / (n - 1)) / meanGapS).toFixed(3)), busiestMinuteOverMean: Number((Math.max(...minutes) / perMinute).toFixed(3)),
  };
}

function printPersonaTurns(file: string): void {
  if (!existsSync(file)) { console.log(`User turns: ${file} is absent, nothing to print.`); return; }
  const words: number[] = [];
  for (const row of parseCsv(readFileSync(file, "utf8"), file)) {
    for (const line of (row["Best Generated Conversation"] ?? "").split("\n")) {
      const turn = /^User \d+: (.+)$/.exec(line.trim())?.[1];
      if (turn !== undefined) words.push(turn.split(/\s+/).length);
    }
  }
  words.sort((a, b) => a - b);
  const quantiles = [0.1, 0.5, 0.9, 0.99].map((share) => words[Math.floor(share * words.length)]).join("/");
  console.log(`User turns of Synthetic-Persona-Chat: ${words.length}, words at 10/50/90/99%: ${quantiles}`);
}

main(process.argv.slice(2));
