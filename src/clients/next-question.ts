/**
 * When a person asks next: the next turn of the session after some thought, the start of the next session, or the next
 * row of a trace. A person has one conversation at a time: a question that falls into an answer waits until the answer
 * is over and the person has had the shortest turn gap to react; that wait is P's queue.
 */
import type { Scenario } from "../config/scenario-schema.js";
import { sampleGamma, sampleGeometric, sampleIndex } from "../core/distributions.js";
import { exp } from "../core/elementary.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import type { DeviceTable } from "../devices/device-table.js";
import { needsReload, staysLoaded } from "../devices/memory.js";
import { SessionClock } from "../population/session-clock.js";
import { CLIENT_STRIDE, ClientField as F, Stage } from "./client-state.js";
import type { Phone } from "./phone.js";

const US = 1e6;
const HOUR_US = 3600 * US;
/** Expected wait for a tier's first token, and its pace after, before a phone has seen one. Assumed. */
const FIRST_WAIT_GUESS_S = 0.4;
const FIRST_TPOT_GUESS_US = 30_000;
/** Hours around which most people plug in: 22:30, spread over three hours. Assumed. */
const NIGHT_PLUG_HOUR = 22.5;
const NIGHT_PLUG_SPREAD_H = 3;

/** Instants of a recorded trace, dealt out to the clients in turn. */
export interface TraceInstants { readonly atUs: ArrayLike<number>; readonly speedUp: number }

/** Schedules the questions of all clients. */
export class NextQuestion {
  private readonly scenario: Scenario;
  private readonly state: Float64Array;
  private readonly devices: DeviceTable;
  private readonly phone: Phone;
  private readonly trace: TraceInstants | undefined;
  private readonly clock: SessionClock | undefined;
  private readonly people: RandomStream;
  private readonly sessions: RandomStream;
  private readonly thoughts: RandomStream;
  private readonly horizonUs: number;
  private readonly gapUs: number;

  constructor(scenario: Scenario, seed: number, replication: number, state: Float64Array, devices: DeviceTable, phone: Phone, trace?: TraceInstants) {
    const { arrivals } = scenario.population, { simulation } = scenario;
    this.scenario = scenario;
    this.state = state;
    this.devices = devices;
    this.phone = phone;
    this.trace = trace;
    this.people = new RandomStream(seed, replication, Purpose.device);
    this.sessions = new RandomStream(seed, replication, Purpose.session);
    this.thoughts = new RandomStream(seed, replication, Purpose.behaviour);
    this.horizonUs = simulation.horizonS * US;
    this.gapUs = simulation.minTurnGapS * US;
    if (arrivals.kind === "sessions") {
      this.clock = new SessionClock({
        sessionsPerDay: arrivals.queriesPerDay / arrivals.turnsPerSession, hourWeights: arrivals.hourWeights,
        startHour: simulation.startHour, horizonS: simulation.horizonS, burst: arrivals.burst,
      });
    }
  }

  /** Draws a person and a phone, and their first question. */
  begin(client: number): void {
    const { state: s, people, devices, scenario } = this, at = client * CLIENT_STRIDE;
    people.seek(client, PEOPLE_BATCH);
    s.fill(0, at, at + CLIENT_STRIDE);
    s[at + F.device] = sampleIndex(people, devices.cumulativeShare);
    const { low, high } = scenario.devices.startBatteryFraction;
    s[at + F.chargeJ] = devices.batteryJ[s[at + F.device]!]! * (low + (high - low) * people.nextUniform());
    const isNightly = people.nextUniform() < scenario.population.nightChargeFraction;
    const plugHour = isNightly ? NIGHT_PLUG_HOUR + (people.nextUniform() - 0.5) * NIGHT_PLUG_SPREAD_H : 24 * people.nextUniform();
    s[at + F.plugAtUs] = Math.round((plugHour - scenario.simulation.startHour) * HOUR_US);
    s[at + F.activity] = this.sampleActivity();
    s[at + F.tierWaitS] = FIRST_WAIT_GUESS_S;
    s[at + F.tierTpotUs] = FIRST_TPOT_GUESS_US;
    s[at + F.lastDoneAtUs] = -Infinity;
    s[at + F.queryIndex] = s[at + F.sessionIndex] = -1;
    s[at + F.stage] = Stage.idle;
    this.phone.begin(at, client);
    if (this.clock !== undefined) s[at + F.nextSessionAtUs] = this.nextSessionUs(at, client, -1);
    this.schedule(at, client);
  }

  /** Sets the client's next question. The last one, if any, ended at `lastDoneAtUs`. */
  schedule(at: number, client: number): void {
    const { state: s } = this, fitBefore = s[at + F.memoryFit]!;
    s[at + F.queryIndex]!++;
    if (this.trace !== undefined) this.scheduleTraceRow(at, client, this.trace);
    else {
      if (s[at + F.turnsLeft]! > 0) this.scheduleTurn(at, client);
      else this.scheduleSession(at, client);
      // A turn beyond the horizon is not asked; sessions that start before the horizon are.
      if (s[at + F.isFollowUp] === 1 && !(s[at + F.askedAtUs]! < this.horizonUs)) this.scheduleSession(at, client);
    }
    const lastDoneUs = s[at + F.lastDoneAtUs]!;
    s[at + F.wakeAtUs] = s[at + F.askedAtUs]! < this.horizonUs ? Math.max(s[at + F.askedAtUs]!, lastDoneUs + this.gapUs) : Infinity;
    const isLoaded = staysLoaded(fitBefore) && s[at + F.wakeAtUs]! - lastDoneUs <= this.scenario.devices.keepLoadedS * US;
    s[at + F.isReloaded] = needsReload(isLoaded, s[at + F.memoryFit]!) ? 1 : 0;
  }

  private sampleActivity(): number {
    const { arrivals } = this.scenario.population;
    if (arrivals.kind === "trace") return 1;
    const shape = 1 / arrivals.activitySpread ** 2;
    return sampleGamma(this.people, shape, 1 / shape);
  }

  private scheduleTurn(at: number, client: number): void {
    const { state: s, thoughts } = this, { arrivals } = this.scenario.population;
    const medianS = arrivals.kind === "sessions" ? arrivals.thinkTimeS : 0, logSd = arrivals.kind === "sessions" ? arrivals.thinkTimeLogSd : 0;
    const thinkUs = Math.ceil(medianS * exp(logSd * thoughts.seek(client, s[at + F.queryIndex]!).nextNormal()) * US);
    s[at + F.turnsLeft]!--;
    s[at + F.isFollowUp] = 1;
    s[at + F.askedAtUs] = s[at + F.lastDoneAtUs]! + this.gapUs + thinkUs;
  }

  private scheduleSession(at: number, client: number): void {
    const { state: s, sessions } = this, { arrivals } = this.scenario.population;
    s[at + F.askedAtUs] = s[at + F.nextSessionAtUs]!;
    this.startSession(at, client);
    if (!(s[at + F.askedAtUs]! < this.horizonUs) || arrivals.kind !== "sessions") return;
    s[at + F.nextSessionAtUs] = this.nextSessionUs(at, client, s[at + F.askedAtUs]!);
    s[at + F.turnsLeft] = sampleGeometric(sessions, arrivals.turnsPerSession) - 1;
  }

  /** Start of the session after the one at `afterUs`; leaves the stream of that session ready for more draws. */
  private nextSessionUs(at: number, client: number, afterUs: number): number {
    const { state: s, sessions, clock } = this;
    const exponential = sessions.seek(client, s[at + F.sessionIndex]! + 1).nextExponential();
    return clock === undefined ? Infinity : clock.nextStartUs(Math.max(0, afterUs), exponential, s[at + F.activity]!);
  }

  private scheduleTraceRow(at: number, client: number, trace: TraceInstants): void {
    const { state: s } = this, row = s[at + F.queryIndex]! * this.scenario.population.clients + client;
    s[at + F.askedAtUs] = row < trace.atUs.length ? Math.round(trace.atUs[row]! / trace.speedUp) : Infinity;
    this.startSession(at, client);
  }

  private startSession(at: number, client: number): void {
    const { state: s } = this;
    s[at + F.sessionIndex]!++;
    s[at + F.isFollowUp] = s[at + F.contextTokens] = s[at + F.unreadTokens] = s[at + F.tierTokens] = 0;
    s[at + F.tierPool] = -1;
    this.phone.drawMemory(at, client, s[at + F.sessionIndex]!);
  }
}

/** Batch of draws of a person, apart from the batches of their sessions. */
const PEOPLE_BATCH = 2 ** 31;
