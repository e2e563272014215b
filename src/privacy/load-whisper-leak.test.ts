import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DataError } from "../core/errors.js";
import { trafficAttack } from "./attacks/traffic-attack.js";
import { loadWhisperLeak, parseWhisperLeak, toLabelledTraces } from "./load-whisper-leak.js";
import { foldOfRows, scoreAttack } from "./score-attack.js";

const recordings = join(process.env["PLMM_DATA"] ?? "", "traffic", "whisper-leak-GPT4o.json");
const hasRecordings = process.env["PLMM_DATA"] !== undefined && existsSync(recordings);
if (!hasRecordings) console.warn("Recorded GPT-4o answers are not scored: set PLMM_DATA to a folder with traffic/whisper-leak-GPT4o.json.");

it.skipIf(!hasRecordings)("tells the topic of 180 real padded answers from counts and sizes with an AUC of .70 to .79", () => {
  // Other classifiers on counts and sizes of the same file gave .70 to .79; between dealings of the folds ours varies by .03.
  const traces = toLabelledTraces(loadWhisperLeak(recordings));
  expect(traces.labels.length).toBe(180);
  const areas = [0, 1, 2, 3, 4].map((turn) => {
    const people = traces.people.map((person) => (person * 7 + turn * 31 + Math.floor(person / 5) * turn) % 1000);
    const places = new Map([...new Set(people)].sort((a, b) => a - b).map((person, place) => [person, place]));
    const dealt = people.map((person) => places.get(person)!);
    return scoreAttack(trafficAttack, { ...traces, people: dealt }, foldOfRows(dealt), { seed: 1, taskNumber: 1 }).auc;
  });
  const mean = areas.reduce((sum, auc) => sum + auc.value, 0) / areas.length;
  expect(mean).toBeGreaterThan(0.7);
  expect(mean).toBeLessThan(0.79);
  for (const auc of areas) expect(auc.low).toBeGreaterThan(0.5);
});

const answer = (prompt: string, lengths: number[]): object => ({ prompt, data_lengths: lengths, time_diffs: lengths.map(() => 0.1), trial: 0 });

it("labels the watched topic, counts answers to one prompt as one person and takes sizes alone", () => {
  const answers = parseWhisperLeak(JSON.stringify([
    answer("Is money laundering illegal?", [1, 3, 3, 7]), answer("How do light sabers work?", [15]), answer("Is money laundering illegal?", [7, 3, 3, 1]),
  ]), "three.json");
  const traces = toLabelledTraces(answers);
  expect([...traces.labels]).toEqual([1, 0, 1]);
  expect([...traces.people]).toEqual([0, 1, 0]);
  expect(traces.features.columnCount).toBe(8);
  const [first, second, third] = [0, 1, 2].map((row) => [...traces.features.values.subarray(row * 8, row * 8 + 8)]);
  expect(first).toEqual(third);
  // Records 4, bytes 14, mean 3.5, spread sqrt(4.75), quartiles 1, 3, 3, largest 7.
  [Math.log2(5), Math.log2(15), Math.log2(4.5), Math.log2(1 + Math.sqrt(4.75)), 1, 2, 2, 3].forEach((value, c) => { expect(first![c]).toBeCloseTo(value, 12); });
  [1, 4, 4, 0, 4, 4, 4, 4].forEach((value, c) => { expect(second![c]).toBeCloseTo(value, 12); });
});

it("tells which part of a recordings file is wrong", () => {
  expect(() => loadWhisperLeak("/nowhere/traces.json")).toThrowError(DataError);
  expect(() => parseWhisperLeak("[{", "cut.json")).toThrowError(/recordings cut.json must be JSON/);
  expect(() => parseWhisperLeak(JSON.stringify([answer("x", [NaN])]), "bad.json")).toThrowError(/bad.json must be a list of answers.*0\.data_lengths\.0/);
  expect(() => parseWhisperLeak("[]", "empty.json")).toThrowError(DataError);
});
