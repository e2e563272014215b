/**
 * The phone of a client between and during questions: heat, battery, link, memory. All states move in closed form from
 * one event to the next; nothing ticks.
 */
import type { Scenario } from "../config/scenario-schema.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { batteryAfterJ } from "../devices/battery.js";
import type { DeviceTable } from "../devices/device-table.js";
import { fitMemory, MemoryFit, memorySlowdown } from "../devices/memory.js";
import { busyS, heatAfterCompute, heatAfterRest, workDoneS } from "../devices/heat.js";
import { Connectivity } from "../network/connectivity.js";
import { type LinkTable, OFFLINE } from "../network/link-table.js";
import { ClientField as F } from "./client-state.js";

const US_PER_DAY = 86_400e6;
const S_PER_US = 1e-6;

/** Operations on the phone part of a client's row. `at` is the offset of the row. */
export class Phone {
  /** The next time without a network that `findOutage` found. Integer microseconds; both Infinity when there is none. */
  outageStartUs = Infinity;
  outageEndUs = Infinity;
  private readonly state: Float64Array;
  private readonly devices: DeviceTable;
  private readonly connectivity: Connectivity;
  private readonly memoryStream: RandomStream;
  private readonly config: Scenario["devices"];

  constructor(scenario: Scenario, seed: number, replication: number, state: Float64Array, devices: DeviceTable, links: LinkTable) {
    this.state = state;
    this.devices = devices;
    this.config = scenario.devices;
    this.connectivity = new Connectivity(links, seed, replication);
    this.memoryStream = new RandomStream(seed, replication, Purpose.device);
  }

  /** Draws the link at the start of the run. */
  begin(at: number, client: number): void {
    this.connectivity.begin(client);
    this.keepLink(at, 0);
  }

  /** Brings heat, battery and link to `nowUs`, the phone having rested. */
  rest(at: number, client: number, nowUs: number): void {
    const { state: s, devices } = this, device = s[at + F.device]!;
    s[at + F.heat] = heatAfterRest(s[at + F.heat]!, (nowUs - s[at + F.heatAtUs]!) * S_PER_US, devices.coolTauS[device]!);
    s[at + F.heatAtUs] = nowUs;
    this.settleBattery(at, nowUs, devices.batteryJ[device]!);
    this.followLink(at, client, nowUs);
  }

  /** Brings the link to `nowUs`. */
  followLink(at: number, client: number, nowUs: number): void {
    while (this.state[at + F.linkUntilUs]! <= nowUs) this.changeLink(at, client);
  }

  /**
   * Works on the phone from `startUs`.
   *
   * @param workS Time that the work takes on a cold device. Seconds.
   * @param limitUs Instant at which unfinished work is broken off.
   * @returns The end of the work, or limitUs when it was broken off. Integer microseconds. Energy is added to the question's.
   */
  compute(at: number, startUs: number, workS: number, limitUs: number = Infinity): number {
    const { state: s, devices } = this, device = s[at + F.device]!;
    const slowWorkS = workS * memorySlowdown(s[at + F.memoryFit]!, devices.cliffFactor[device]!);
    const restedUs = startUs - s[at + F.heatAtUs]!, heat = s[at + F.heat]!;
    const restedHeat = restedUs > 0 ? heatAfterRest(heat, restedUs * S_PER_US, devices.coolTauS[device]!) : heat;
    const tauS = devices.heatTauS[device]!, fraction = devices.sustainedFraction[device]!;
    const wholeS = busyS(slowWorkS, restedHeat, fraction, tauS);
    const endUs = Math.min(startUs + Math.ceil(wholeS * 1e6), Math.max(startUs, limitUs)), seconds = (endUs - startUs) * S_PER_US;
    s[at + F.heat] = heatAfterCompute(restedHeat, seconds, tauS);
    s[at + F.heatAtUs] = endUs;
    s[at + F.computeJ]! += workDoneS(seconds, restedHeat, fraction, tauS) * devices.coldComputeW[device]!;
    return endUs;
  }

  /** Time that P needs to read tokens on a cold device. Seconds. */
  prefillS(at: number, tokens: number): number {
    const device = this.state[at + F.device]!;
    return tokens <= 0 ? 0 : this.devices.prefillOverheadS[device]! + tokens * this.devices.prefillPerTokenS[device]!;
  }

  /** Time that P needs to write tokens after `context` tokens on a cold device. Seconds. */
  decodeS(at: number, tokens: number, context: number): number {
    const device = this.state[at + F.device]!;
    return tokens * this.devices.decodeBaseS[device]!
      + this.devices.decodePerContextTokenS[device]! * (tokens * context + (tokens * (tokens - 1)) / 2);
  }

  /** Time to load P's weights from flash. Seconds. */
  reloadS(at: number): number { return this.devices.reloadS[this.state[at + F.device]!]!; }

  /** Energy of work that takes so long on a cold phone, at any heat. Joules. */
  workJ(at: number, workS: number): number { return workS * this.devices.coldComputeW[this.state[at + F.device]!]!; }

  /** Takes the question's energy out of the battery. */
  spend(at: number, energyJ: number): void {
    this.state[at + F.chargeJ] = Math.max(0, this.state[at + F.chargeJ]! - energyJ);
  }

  /** Charge of the battery, of a full one. */
  chargeFraction(at: number): number {
    return this.state[at + F.chargeJ]! / this.devices.batteryJ[this.state[at + F.device]!]!;
  }

  /** Draws how much memory the OS leaves to P in this session. */
  drawMemory(at: number, client: number, session: number): void {
    const { state: s, devices, config } = this, device = s[at + F.device]!;
    const { low, high } = config.freeMemoryFraction;
    const freeBytes = devices.memoryBytes[device]! * (low + (high - low) * this.memoryStream.seek(client, session).nextUniform());
    s[at + F.memoryFit] = fitMemory(freeBytes, devices.workingSetBytes[device]!, devices.weightBytes[device]!);
  }

  /** Whether P runs at full speed now: its memory is there, and battery and heat allow it. */
  isReady(at: number): boolean { return this.state[at + F.memoryFit] === MemoryFit.fits && this.canCompute(at); }

  /** Whether the OS lets P run now, if only by paging. */
  canCompute(at: number): boolean {
    const { state: s, config } = this;
    return s[at + F.memoryFit] !== MemoryFit.refused && this.chargeFraction(at) > config.lowBatteryFraction
      && (config.maxHeat >= 1 || s[at + F.heat]! <= config.maxHeat);
  }

  /** Looks up the client's present or next time without a network, one change of state ahead. */
  findOutage(at: number, client: number): void {
    const { state: s, connectivity } = this;
    connectivity.change(client, s[at + F.linkChanges]!, s[at + F.linkState]!, s[at + F.linkUntilUs]!);
    const isOutage = connectivity.state === OFFLINE;
    this.outageStartUs = isOutage ? s[at + F.linkUntilUs]! : Infinity;
    this.outageEndUs = isOutage ? connectivity.untilUs : Infinity;
  }

  /** Lets the link pass into its next state. */
  changeLink(at: number, client: number): void {
    const { state: s } = this, changes = s[at + F.linkChanges]!;
    this.connectivity.change(client, changes, s[at + F.linkState]!, s[at + F.linkUntilUs]!);
    this.keepLink(at, changes + 1);
  }

  private keepLink(at: number, changes: number): void {
    this.state[at + F.linkState] = this.connectivity.state;
    this.state[at + F.linkUntilUs] = this.connectivity.untilUs;
    this.state[at + F.linkChanges] = changes;
  }

  /** Ordinary use drains, the daily charge fills; each piece between plugging and unplugging is linear. */
  private settleBattery(at: number, nowUs: number, capacityJ: number): void {
    const { state: s, config } = this, plugUs = s[at + F.plugAtUs]!, chargeUs = config.chargeS * 1e6;
    let fromUs = s[at + F.chargeAtUs]!, chargeJ = s[at + F.chargeJ]!;
    while (fromUs < nowUs) {
      const dayUs = fromUs - plugUs - Math.floor((fromUs - plugUs) / US_PER_DAY) * US_PER_DAY;
      const isPlugged = dayUs < chargeUs;
      const toUs = Math.min(nowUs, fromUs - dayUs + (isPlugged ? chargeUs : US_PER_DAY));
      chargeJ = batteryAfterJ(chargeJ, capacityJ, (toUs - fromUs) * S_PER_US, config.baselineDrainW, isPlugged ? config.chargeW : 0);
      fromUs = toUs;
    }
    s[at + F.chargeJ] = chargeJ;
    s[at + F.chargeAtUs] = nowUs;
  }
}
