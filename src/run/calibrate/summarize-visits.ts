/**
 * What the visits to a case say together: of every step the least. What else a machine does can only lengthen a step, so this is what
 * it takes on a machine that does nothing else, of grid and kept-out cases alike.
 */
import type { CalibratedCase, HostClock } from "../../devices/host/host-profile.js";
import type { HostModel, HostStep, MeasuredStep } from "../../devices/host/host-step.js";
import { ggufHostModel, onnxHostModel } from "../../models/runtimes/host-model.js";
import type { Effort } from "../measure-work.js";
import type { CalibrationCase, CalibrationPlan } from "./calibration-plan.js";
import type { Visit } from "./visit-log.js";

/** Cases with what their visits say. A case without visits has no steps. */
export function summarizeVisits({ cases }: Pick<CalibrationPlan, "cases">, visits: readonly Visit[], clock: HostClock): CalibratedCase[] {
  return cases.map((asked, index) => {
    const found = new Map<string, { readonly step: HostStep; readonly visitsS: number[] }>();
    for (const visit of visits.filter((each) => each.case === index)) {
      for (const { step, ...effort } of visit.steps) {
        const key = JSON.stringify(step), entry = found.get(key) ?? { step, visitsS: [] };
        entry.visitsS.push(secondsBy(clock, effort, step.threads));
        found.set(key, entry);
      }
    }
    const steps = [...found.values()].map(({ step, visitsS }): MeasuredStep => ({ ...step, seconds: Math.min(...visitsS), visitsS }));
    return { model: modelOf(asked), isHeldOut: asked.isHeldOut, steps };
  });
}

/** How far the second least visit to a step lies above the least, as a fraction: small when both met a quiet machine. Infinity for a single visit. */
export function errorOfStep({ visitsS }: Pick<MeasuredStep, "visitsS">): number {
  const [least = Infinity, second = Infinity] = [...visitsS].sort((a, b) => a - b);
  return second / least - 1;
}

function secondsBy(clock: HostClock, { wallS, cpuS }: Effort, threads: number): number {
  switch (clock) {
    case "wall": return wallS;
    case "processor": return cpuS / threads;
    default: return clock satisfies never;
  }
}

function modelOf({ runtime, shape, quant }: CalibrationCase): HostModel {
  switch (runtime) {
    case "llama.cpp": return ggufHostModel(shape, quant);
    case "ONNX Runtime": return onnxHostModel(shape);
    default: return runtime satisfies never;
  }
}
