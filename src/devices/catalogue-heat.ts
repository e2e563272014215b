/**
 * Heat of a device that nobody recorded, from the one phone that somebody did.
 *
 * What heats a phone is moving bytes. The recorded runs of fast stacks all end near one share of the memory bandwidth, the plateau,
 * and stacks that never reach it stay flat (john-rocky/apple-silicon-llm-bench). So a device that decodes at a cold share c of its
 * bandwidth is assumed to sustain min(1, plateau / c) of its speed, and a class that cools better to lose only a part of that.
 */
import { BugError } from "../core/errors.js";
import { assume, round } from "./catalogue-number.js";
import type { DeviceEntry, DeviceNumber } from "./device-catalogue.js";
import type { DeviceFact, DeviceFacts } from "./device-facts.js";
import type { HeatSummary } from "./fit-heat.js";

/** The phone of the recorded runs. */
const MEASURED_PHONE = "iphone-17-pro";
const SOURCE = "first-order fit of per-second decode curves of an iPhone 17 Pro (john-rocky/apple-silicon-llm-bench, MIT), datasets/devices/heat-fit.json";

/** Share of its bandwidth that the recorded phone sustains: its cold share times its sustained fraction. */
export function findPlateauUse(facts: DeviceFacts, heat: HeatSummary, coldUse: (fact: DeviceFact) => number): number {
  const fact = facts.devices.find((device) => device.name === MEASURED_PHONE);
  if (fact === undefined) {
    throw new BugError({
      subject: "device-facts.json", rule: `hold ${MEASURED_PHONE}`, got: undefined,
      hint: "The heat of all devices is taken from it.",
    });
  }
  return heat.sustainedFraction * coldUse(fact);
}

/** Numbers of the heat model. `coldUse` is the share of the bandwidth that the device's stack reaches when cold. */
export function heatNumbers(
  fact: DeviceFact, coldUse: number, plateauUse: number, heat: HeatSummary, facts: DeviceFacts,
): Pick<DeviceEntry, "sustainedFraction" | "heatTauS" | "coolTauS"> {
  const assumed = facts.classes[fact.class], own = facts.heat.find((entry) => entry.name === fact.name);
  const coolTauS = assume(assumed.coolTauS, `class ${fact.class}: minutes to cool`);
  if (fact.name === MEASURED_PHONE) {
    const fitted = { origin: "fitted" as const, source: `${SOURCE}: median of ${heat.curves} runs that start cool` };
    return { sustainedFraction: { value: round(heat.sustainedFraction), ...fitted }, heatTauS: { value: round(heat.heatTauS), ...fitted }, coolTauS };
  }
  const loss = assumed.heatLossShare * (1 - Math.min(1, plateauUse / coldUse));
  const sustained: DeviceNumber = own !== undefined ? { value: own.sustainedFraction, origin: "published", source: own.row }
    : assume(round(Math.max(heat.sustainedFraction, 1 - loss)), `${SOURCE}: as if every phone sustained ${plateauUse.toFixed(2)} of its bandwidth; `
      + `this one reaches ${coldUse.toFixed(2)} cold; class ${fact.class} loses ${assumed.heatLossShare} of the difference`);
  const tauS = assume(round(heat.heatTauS * assumed.heatTauFactor), `${SOURCE}; class ${fact.class} ${assumed.heatTauFactor} times as slowly`);
  return { sustainedFraction: sustained, heatTauS: tauS, coolTauS };
}
