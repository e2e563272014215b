/** A machine of round numbers for tests: every stage in one process takes 1 ms or so, nothing varies. */
import type { HostSpeed } from "../devices/host/host-speed.js";
import { type HostCosts, type Part, type Stage, STAGES } from "./host-costs.js";
import type { HostedPlan } from "./hosted-system.js";

/** A prompt token takes 10 us, a step 100 us and 20 us for each sequence after the first; one call for all. */
export const SPEED: HostSpeed = {
  prefillS: (tokens) => tokens * 1e-5, decodeStepS: (sequences) => 1e-4 + (sequences - 1) * 2e-5,
  batchS: (prompts, sequences) => prompts.reduce((sum, tokens) => sum + tokens * 1e-5, 0) + (sequences === 0 ? 0 : 1e-4 + (sequences - 1) * 2e-5),
};

/** No stage ever takes more or less than usual. */
export const NO_SPREAD = Object.fromEntries(STAGES.map((stage) => [stage, [1]])) as unknown as Readonly<Record<Stage, readonly number[]>>;

const ms = (workMs: number): Part => ({ workS: workMs / 1000, heldS: 0 });

/** Round shares of the stages that several processes have in common. */
export const COSTS: HostCosts = {
  capacity: [1, 2], sliceS: 0.004, stealS: 0.0005, spreads: NO_SPREAD,
  load: { asking: ms(1), ending: ms(1), firstPieceS: 5e-6, pieceS: 5e-6, afterQuestionS: 0 },
  personal: { asking: ms(1), preparing: ms(0.5), sealing: ms(2), settling: ms(1), combining: ms(0.5), ending: ms(1), quietTokenS: 1e-5, shownTokenS: 1e-5, pieceS: 5e-6, purchaseS: 0.02, afterQuestionS: 0, afterConsultS: 0 },
  relay: { carrying: ms(2), settling: ms(1), pieceS: 5e-6, afterConsultS: 0 },
  gateway: { carrying: ms(1), paying: ms(1), settling: ms(1), pieceS: 5e-6, afterConsultS: 0 },
  ledger: { paying: ms(1.5), settling: ms(1.5), purchaseS: 0.01, afterConsultS: 0 },
  models: { paying: ms(1), admitting: ms(0.5), tokenS: 1e-5, afterRequestS: 0 },
};

/** Two tiers, two sequences for each model. */
export function plan(changes: Partial<HostedPlan> = {}): HostedPlan {
  return {
    costs: COSTS, seed: 0, personal: { speed: SPEED, sequences: 2 }, tokensAtOnce: 16, tokensAtHand: () => 16,
    tiers: { medicine: { server: "medicine", speed: SPEED, sequences: 2 }, general: { server: "general", speed: SPEED, sequences: 2 } }, ...changes,
  };
}
