/**
 * What a model is like on a device, case by case: does it fit, how fast is it cold and after minutes of work, what does it draw. Every
 * number comes from the parts that the simulator uses: the device table, memory, heat and battery.
 */
import { batteryEmptyInS } from "./battery.js";
import type { DeviceCatalogue, DeviceClass } from "./device-catalogue.js";
import { compileDeviceTable, MAINS_BATTERY_J } from "./device-table.js";
import type { DeviceTable } from "./device-table.js";
import { busyS, heatAfterCompute, rateAtHeat } from "./heat.js";
import { fitMemory, MemoryFit, memorySlowdown } from "./memory.js";
import type { ModelCard } from "./model-card.js";

/** A question and its answer, and when a person would call it interactive. */
export interface InteractiveRule {
  readonly promptTokens: number;
  readonly answerTokens: number;
  /** Tokens of KV cache that must fit. */
  readonly contextLimitTokens: number;
  readonly mostFirstTokenS: number;
  readonly leastTokensPerS: number;
}

/**
 * The rule of experiment 01. First token: waits above 2 s break a conversation (Miller 1968). Rate: half above silent reading of 238 words
 * per minute (Brysbaert 2019) at 1.33 tokens a word, 5.3 tokens/s; the half is assumed, as are the lengths.
 */
export const INTERACTIVE_RULE: InteractiveRule = { promptTokens: 256, answerTokens: 256, contextLimitTokens: 4096, mostFirstTokenS: 2, leastTokensPerS: 8 };

/** How a model meets a device's free memory, in words. */
export type FitWord = "fits" | "pages" | "refused";

/** One model in one format on one device. Rates of a refused case are 0, its times and energies null. */
export interface DeviceCase {
  readonly device: string;
  readonly deviceClass: DeviceClass;
  readonly stack: string;
  readonly model: string;
  readonly parameters: number;
  readonly quant: string;
  readonly fit: FitWord;
  readonly workingSetBytes: number;
  /** Memory that the OS leaves. */
  readonly freeBytes: number;
  readonly firstTokenS: number | null;
  readonly coldTokensPerS: number;
  /** After 1, 5 and 10 minutes of continuous decoding. */
  readonly after1MinTokensPerS: number;
  readonly after5MinTokensPerS: number;
  readonly after10MinTokensPerS: number;
  /** At the heat plateau. */
  readonly powerW: number;
  readonly energyPerTokenJ: number | null;
  readonly energyPerAnswerJ: number | null;
  /** Hours of decoding without a break until the battery is empty; null on the mains. */
  readonly batteryH: number | null;
  /** Answers from a full battery; null on the mains. */
  readonly answersPerCharge: number | null;
  readonly isInteractive: boolean;
}

/** Every model in every format on every device of the catalogue, in that order. */
export function tabulateDevices(
  catalogue: DeviceCatalogue, cards: readonly ModelCard[], quants: readonly string[], rule: InteractiveRule = INTERACTIVE_RULE,
): readonly DeviceCase[] {
  const mix = Object.fromEntries(catalogue.devices.map(({ name }) => [name, 1 / catalogue.devices.length]));
  return cards.flatMap((card) => quants.flatMap((quant) => {
    const table = compileDeviceTable(catalogue, mix, card, quant, rule.contextLimitTokens);
    return catalogue.devices.map(({ name, class: deviceClass, stack }, at): DeviceCase => (
      { device: name, deviceClass, stack, model: card.name, parameters: card.parameters, quant, ...describeCase(table, at, rule) }));
  }));
}

type CaseNumbers = Omit<DeviceCase, "device" | "deviceClass" | "stack" | "model" | "parameters" | "quant">;

function describeCase(table: DeviceTable, at: number, rule: InteractiveRule): CaseNumbers {
  const freeBytes = table.memoryBytes[at]! - table.osReservedBytes[at]!, workingSetBytes = table.workingSetBytes[at]!, coldW = table.coldComputeW[at]!, powerW = coldW * table.sustainedFraction[at]!;
  const fit = fitMemory(freeBytes, workingSetBytes, table.weightBytes[at]!), memory = { fit: FIT_WORDS[fit]!, workingSetBytes, freeBytes, powerW };
  if (fit === MemoryFit.refused) return { ...memory, ...REFUSED };
  const { promptTokens, answerTokens } = rule, slowdown = memorySlowdown(fit, table.cliffFactor[at]!);
  const tokenS = (table.decodeBaseS[at]! + (promptTokens + answerTokens / 2) * table.decodePerContextTokenS[at]!) * slowdown;
  const prefillS = (table.prefillOverheadS[at]! + promptTokens * table.prefillPerTokenS[at]!) * slowdown;
  const fraction = table.sustainedFraction[at]!, tauS = table.heatTauS[at]!, answerS = prefillS + answerTokens * tokenS;
  const afterMinutes = (minutes: number): number => rateAtHeat(heatAfterCompute(0, minutes * 60, tauS), fraction) / tokenS;
  const firstTokenS = prefillS + tokenS, after10MinTokensPerS = afterMinutes(10), batteryJ = table.batteryJ[at]!;
  const workS = batteryJ === MAINS_BATTERY_J ? null : batteryEmptyInS(batteryJ, coldW, 0);
  return {
    ...memory, firstTokenS, coldTokensPerS: 1 / tokenS, after1MinTokensPerS: afterMinutes(1), after5MinTokensPerS: afterMinutes(5), after10MinTokensPerS,
    energyPerTokenJ: coldW * tokenS, energyPerAnswerJ: coldW * answerS, batteryH: workS === null ? null : busyS(workS, 0, fraction, tauS) / 3600,
    answersPerCharge: workS === null ? null : workS / answerS,
    isInteractive: fit === MemoryFit.fits && firstTokenS <= rule.mostFirstTokenS && after10MinTokensPerS >= rule.leastTokensPerS,
  };
}

const FIT_WORDS: Readonly<Record<number, FitWord>> = { [MemoryFit.fits]: "fits", [MemoryFit.pages]: "pages", [MemoryFit.refused]: "refused" };
const REFUSED = {
  firstTokenS: null, coldTokensPerS: 0, after1MinTokensPerS: 0, after5MinTokensPerS: 0, after10MinTokensPerS: 0,
  energyPerTokenJ: null, energyPerAnswerJ: null, batteryH: null, answersPerCharge: null, isInteractive: false,
} as const;
