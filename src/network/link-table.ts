/** Connectivity states as flat numbers, in the order of the request record's `networkState`. */
import type { Scenario } from "../config/scenario-schema.js";
import { ln } from "../core/elementary.js";

/** Names of the states in order of code. */
export const LINK_STATES = ["wifi", "5g", "4g", "3g", "offline"] as const;
/** Code of the state without a network. */
export const OFFLINE = 4;

/** One number per state in each array. */
export interface LinkTable {
  readonly meanDwellUs: Float64Array;
  /** Cumulated chances of the next state. Shape [states, states]. */
  readonly nextCumulative: Float64Array;
  readonly uplinkUsPerByte: Float64Array;
  readonly downlinkUsPerByte: Float64Array;
  readonly downlinkBitPerS: Float64Array;
  readonly oneWayDelayUs: Float64Array;
  readonly jitterUs: Float64Array;
  readonly lossFraction: Float64Array;
  /** -ln(1 - lossFraction): packets come through in geometric runs, the whole parts of exponential ones at this rate. */
  readonly lossRate: Float64Array;
  readonly radioW: Float64Array;
  readonly tailW: Float64Array;
  readonly tailUs: Float64Array;
}

/** Compiles the network section of a scenario. A state without successors stays where it is. */
export function compileLinkTable(network: Scenario["network"]): LinkTable {
  const states = LINK_STATES.map((name) => network.states[name]);
  const column = (of: (state: (typeof states)[number]) => number): Float64Array => Float64Array.from(states, of);
  const nextCumulative = new Float64Array(LINK_STATES.length ** 2);
  states.forEach((state, from) => {
    const chances = LINK_STATES.map((name, to) => state.next[name] ?? (Object.keys(state.next).length === 0 && to === from ? 1 : 0));
    const total = chances.reduce((sum, chance) => sum + chance, 0);
    let sum = 0;
    chances.forEach((chance, to) => { nextCumulative[from * LINK_STATES.length + to] = (sum += chance) / total; });
  });
  return {
    nextCumulative,
    meanDwellUs: column((state) => state.meanDwellS * 1e6),
    uplinkUsPerByte: column((state) => 8e6 / state.uplinkBitPerS),
    downlinkUsPerByte: column((state) => 8e6 / state.downlinkBitPerS),
    downlinkBitPerS: column((state) => state.downlinkBitPerS),
    oneWayDelayUs: column((state) => state.oneWayDelayS * 1e6),
    jitterUs: column((state) => state.jitterS * 1e6),
    lossFraction: column((state) => state.lossFraction),
    lossRate: column((state) => state.lossFraction < 1 ? -ln(1 - state.lossFraction) : Infinity),
    radioW: column((state) => state.radioW),
    tailW: column((state) => state.tailW),
    tailUs: column((state) => state.tailS * 1e6),
  };
}

/**
 * Long-run share of time in each state: the stationary law of the jump chain weighted by mean dwell times.
 *
 * @returns Cumulated shares. Shape [states].
 */
export function stationaryCumulative(table: LinkTable): Float64Array {
  const n = LINK_STATES.length;
  let visit = new Float64Array(n).fill(1 / n);
  for (let step = 0; step < 500; step++) {
    const next = new Float64Array(n);
    for (let from = 0; from < n; from++) {
      for (let to = 0; to < n; to++) {
        const below = to === 0 ? 0 : table.nextCumulative[from * n + to - 1]!;
        next[to]! += visit[from]! * (table.nextCumulative[from * n + to]! - below);
      }
    }
    // Averaging two steps makes the iteration converge for periodic chains too.
    visit = visit.map((share, state) => (share + next[state]!) / 2);
  }
  const time = visit.map((share, state) => share * table.meanDwellUs[state]!);
  const total = time.reduce((sum, share) => sum + share, 0);
  let sum = 0;
  return time.map((share) => (sum += share) / total);
}
