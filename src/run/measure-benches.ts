/** All benchmarks of `plmm bench`, one after another. Speeds of one machine and one session only can be compared. */
import { availableParallelism, cpus } from "node:os";
import type { BenchRow } from "./bench-row.js";
import { type AttackRow, measureAttacks } from "./measure-attacks.js";
import { measureClosedNetwork } from "./measure-closed-network.js";
import { measureClosedWindows } from "./measure-closed-windows.js";
import { type FleetRatios, findFleetRatios } from "./fleet-ratios.js";
import { type FleetRow, measureFleet } from "./measure-fleet.js";
import { measureHold } from "./measure-hold.js";
import { fullInference, type InferenceFindings, measureInference, QUICK_INFERENCE } from "./measure-inference.js";
import { FULL_TRAINING, measureTraining, QUICK_TRAINING, type TrainingRow } from "./measure-training.js";
import { measureSealing, type SealingRow } from "./measure-sealing.js";
import { measureWorld } from "./measure-world.js";

/** Names of the benchmarks. */
export const BENCHES = ["hold", "closed", "world", "fleet", "training", "models", "sealing", "attacks"] as const;
/** One of them. */
export type BenchName = (typeof BENCHES)[number];

/** What was measured, and where. */
export interface BenchFindings {
  readonly machine: { readonly cpu: string; readonly cpuCount: number; readonly node: string };
  readonly rows: readonly BenchRow[];
  readonly fleet: readonly FleetRow[];
  readonly fleetRatios?: FleetRatios;
  readonly training: readonly TrainingRow[];
  readonly inference?: InferenceFindings;
  readonly sealing: readonly SealingRow[];
  readonly attacks: readonly AttackRow[];
}

/** Sizes of each benchmark. */
interface BenchSizes { readonly hold: readonly number[]; readonly closed: readonly number[]; readonly world: number; readonly fleet: readonly number[]; readonly fleetOverrides: readonly string[]; readonly fleetLeastEvents?: number }

const FULL: BenchSizes = { hold: [1e3, 1e5, 1e6], closed: [1e4, 1e5, 1e6], world: 1e6, fleet: [1e3, 1e4, 1e5, 1e6], fleetOverrides: [] };
const QUICK: BenchSizes = {
  hold: [1e3], closed: [1e4], world: 1e4, fleet: [1e3], fleetOverrides: ["simulation.horizonS=2 h", "simulation.startHour=10"], fleetLeastEvents: 50_000,
};
const QUICK_HOLD_EVENTS = 200_000;
const SEALED_MESSAGES = { full: 100, quick: 10 }, ATTACKED_MESSAGES = { full: 100_000, quick: 2000 };

/** Runs benchmarks. `say` hears which one is next. */
export async function measureBenches(names: readonly BenchName[], isQuick: boolean, say: (line: string) => void): Promise<BenchFindings> {
  const sizes = isQuick ? QUICK : FULL, threads = [...new Set([1, Math.min(2, availableParallelism())])], rows: BenchRow[] = [];
  let fleet: readonly FleetRow[] = [], training: readonly TrainingRow[] = [], inference: InferenceFindings | undefined, sealing: readonly SealingRow[] = [], attacks: readonly AttackRow[] = [];
  if (names.includes("hold")) {
    say("hold model: pop the first event, push one later");
    rows.push(...await measureHold({ sizes: sizes.hold, ...(isQuick ? { events: QUICK_HOLD_EVENTS } : {}) }));
  }
  if (names.includes("closed")) {
    say("closed P-E network, through one queue and in windows");
    rows.push(...await measureClosedNetwork(sizes.closed), ...await measureClosedWindows(threads.at(-1)!, sizes.closed));
  }
  if (names.includes("world")) {
    say("synthetic world: people, questions and texts, none kept");
    rows.push(...await measureWorld(sizes.world));
  }
  if (names.includes("fleet")) {
    say("fleet: one simulated day of configs/million.yaml at each size");
    fleet = measureFleet(sizes.fleet, threads, sizes.fleetOverrides, sizes.fleetLeastEvents);
  }
  if (names.includes("training")) training = measureTraining(isQuick ? QUICK_TRAINING : FULL_TRAINING, threads, say);
  if (names.includes("models")) {
    say("inference: plmm beside node-llama-cpp alone, two kernels of attention, batches; in turns");
    inference = await measureInference(isQuick ? QUICK_INFERENCE : fullInference(), say);
  }
  if (names.includes("sealing")) {
    say("sealing: HPKE seal and open of 2 KB");
    sealing = await measureSealing(isQuick ? SEALED_MESSAGES.quick : SEALED_MESSAGES.full);
  }
  if (names.includes("attacks")) {
    say("attacks: every observer's suite on simulated records");
    attacks = measureAttacks(isQuick ? ATTACKED_MESSAGES.quick : ATTACKED_MESSAGES.full);
  }
  const fleetRatios = findFleetRatios(fleet);
  return {
    machine: { cpu: cpus()[0]?.model.trim() ?? "unknown", cpuCount: availableParallelism(), node: process.version },
    rows, fleet, training, sealing, attacks, ...(fleetRatios === undefined ? {} : { fleetRatios }), ...(inference === undefined ? {} : { inference }),
  };
}
