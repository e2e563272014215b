import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ConfigError } from "../../core/errors.js";
import { loadHostProfile } from "../../devices/host/load-host-profile.js";
import { weightsOf } from "../../devices/host/host-step.js";
import { parameterCount } from "../../models/llama/llama-shape.js";
import { calibrateHost, type CalibrationKeeping } from "./calibrate-host.js";
import { type CalibrationPlan, fullPlan, tinyPlan } from "./calibration-plan.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-calibrate-test-"));
afterAll(() => { rmSync(folder, { recursive: true }); });

const LONG_MS = 240_000;
/** Two models to fit on and two to predict, with short prompts. */
const plan: CalibrationPlan = { ...tinyPlan(), cases: tinyPlan().cases.slice(-4).map((each) => ({ ...each, prompts: [10, 80], batches: each.isHeldOut ? [2] : [] })) };

function keeping(name: string, signal: AbortSignal = new AbortController().signal): CalibrationKeeping {
  return { out: join(folder, name), clock: "processor", say: () => undefined, signal };
}

/** A signal that is aborted from the n-th look at it on. */
function abortedWhenAsked(n: number): AbortSignal {
  let looks = 0;
  return Object.defineProperty(new AbortController().signal, "aborted", { get: () => ++looks >= n });
}

describe("the plan of a calibration", () => {
  it("keeps shapes, lengths and numbers of sequences of what is predicted out of the grid", () => {
    const { cases } = fullPlan([1, 2], 2), grid = cases.filter(({ isHeldOut }) => !isHeldOut), heldOut = cases.filter(({ isHeldOut }) => isHeldOut);
    const seen = <Value>(of: (each: (typeof cases)[number]) => readonly Value[]): Value[] => heldOut.flatMap(of).filter((value) => grid.flatMap(of).includes(value));
    expect(seen(({ shape }) => [JSON.stringify(shape)])).toEqual([]);
    expect(seen(({ prompts }) => prompts)).toEqual([]);
    expect(seen(({ batches }) => batches)).toEqual([]);
  });

  it("measures every format, on every number of threads, from under a million to a hundred million weights, and predicts beyond", () => {
    const { cases } = fullPlan([1, 2], 2), sizes = (isHeldOut: boolean): number[] => cases.filter((each) => each.isHeldOut === isHeldOut).map(({ shape }) => parameterCount(shape));
    for (const { quant, threads, runtime } of cases.filter(({ isHeldOut }) => isHeldOut)) {
      expect(cases.some((each) => !each.isHeldOut && each.runtime === runtime && each.quant === quant && each.threads === threads), `${quant} on ${threads} threads`).toBe(true);
    }
    expect(Math.min(...sizes(false))).toBeLessThan(1e6);
    expect(Math.max(...sizes(true))).toBeGreaterThan(Math.max(...sizes(false)));
  });
});

describe("several sequences", () => {
  it("are measured on one thread and on fewer threads than processors, and not where no processor is to spare", () => {
    const measured = (threads: readonly number[], processors: number): number[] => [...new Set(fullPlan(threads, processors).cases.filter(({ batches }) => batches.length > 0).map((each) => each.threads))];
    expect(measured([1, 2], 2)).toEqual([1]);
    expect(measured([1, 2, 4], 4)).toEqual([1, 2]);
    expect(measured([1], 1)).toEqual([1]);
  });
});

describe("a calibration", () => {
  it("is written whole at its end, and goes on behind the visits that a stopped one made", async () => {
    const stopped = keeping("host.json", abortedWhenAsked(2)), log = `${stopped.out}.visits.jsonl`;
    expect(await calibrateHost(plan, stopped)).toBeUndefined();
    expect(existsSync(stopped.out)).toBe(false);
    const [first] = readFileSync(log, "utf8").split("\n").slice(1), said: string[] = [];
    appendFileSync(log, '{"case":1,"rou');
    await expect(calibrateHost({ ...plan, rounds: { least: 2, most: 2 } }, stopped)).rejects.toThrow(ConfigError);
    const profile = (await calibrateHost(plan, { ...keeping("host.json"), say: (line) => { said.push(line); } }))!;
    expect(said[0]).toMatch(/goes on behind 1 visits/);
    expect(existsSync(log)).toBe(false);
    expect(loadHostProfile(stopped.out, "out")).toEqual(profile);
    expect(profile.cases.map(({ model }) => weightsOf(model) > 1e5)).toEqual([true, true, true, true]);
    const { steps: [step] } = JSON.parse(first!) as { readonly steps: readonly { readonly cpuS: number }[] }, found = profile.cases.flatMap(({ steps }) => steps.flatMap(({ visitsS }) => visitsS));
    expect(found.some((seconds) => seconds / step!.cpuS > 0.3 && seconds / step!.cpuS < 3)).toBe(true);
    expect(profile.cases[2]!.steps.map(({ kind, tokens, sequences }) => `${kind} ${tokens} ${sequences}`)).toEqual(["prefill 9 1", "decode 1 1", "prefill 80 1", "decode 1 1", "decode 1 2"]);
  }, LONG_MS);
});
