/** Small queueing stations on the event queue, for tests against closed forms. Not part of the product. */
import { Purpose, RandomStream } from "../core/random-stream.js";
import { BucketQueue } from "./bucket-queue.js";

const US_PER_S = 1e6;
const ARRIVAL = 0;

/** Draws a service time in seconds. */
export type SampleService = (stream: RandomStream) => number;

/** An open station: Poisson arrivals, general service, no limit on waiting. */
export interface OpenStation {
  readonly arrivalsPerS: number;
  readonly servers: number;
  readonly sampleServiceS: SampleService;
  readonly customers: number;
  /** Customers at the start that count in no mean. */
  readonly warmUp: number;
  readonly seed: number;
}

/** What one run of a station found. */
export interface StationRun {
  readonly meanWaitS: number;
  readonly meanSojournS: number;
  /** Share of customers that found all servers busy. */
  readonly waitedFraction: number;
  /** Mean number of customers over time, waiting and in service. */
  readonly meanNumber: number;
  /** Mean number that an arriving customer found. */
  readonly meanNumberFound: number;
  /** Sum of all sojourns, warm-up included. Microseconds. */
  readonly sojournSumUs: number;
  /** Integral of the number of customers over the whole run. Microseconds. */
  readonly numberIntegralUs: number;
}

/** Sums of a run. */
class Tally {
  private number = 0;
  private sinceUs = 0;
  private counted = 0;
  private waitUs = 0;
  private sojournUs = 0;
  private waited = 0;
  private found = 0;
  private warmIntegralUs = 0;
  private warmFromUs = -1;
  private lastArrivalUs = 0;
  private integralAtLastArrivalUs = 0;
  private sojournSumUs = 0;
  private numberIntegralUs = 0;

  changeNumber(change: number, atUs: number): void {
    this.numberIntegralUs += this.number * (atUs - this.sinceUs);
    this.sinceUs = atUs;
    this.number += change;
  }

  /** Call before the customer is added to the number. */
  arrive(atUs: number, isCounted: boolean): void {
    this.changeNumber(0, atUs);
    if (!isCounted) return;
    if (this.warmFromUs < 0) {
      this.warmFromUs = atUs;
      this.warmIntegralUs = this.numberIntegralUs;
    }
    this.counted++;
    this.found += this.number;
    this.lastArrivalUs = atUs;
    this.integralAtLastArrivalUs = this.numberIntegralUs;
  }

  start(waitUs: number, isCounted: boolean): void {
    if (!isCounted) return;
    this.waitUs += waitUs;
    if (waitUs > 0) this.waited++;
  }

  leave(sojournUs: number, isCounted: boolean): void {
    this.sojournSumUs += sojournUs;
    if (isCounted) this.sojournUs += sojournUs;
  }

  result(): StationRun {
    const { counted } = this;
    return {
      meanWaitS: this.waitUs / counted / US_PER_S, meanSojournS: this.sojournUs / counted / US_PER_S, waitedFraction: this.waited / counted,
      meanNumber: (this.integralAtLastArrivalUs - this.warmIntegralUs) / (this.lastArrivalUs - this.warmFromUs),
      meanNumberFound: this.found / counted, sojournSumUs: this.sojournSumUs, numberIntegralUs: this.numberIntegralUs,
    };
  }
}

/** First come, first served by the first free server. Runs until the last customer has left. */
export function simulateFcfs(station: OpenStation): StationRun {
  const { servers, customers, warmUp, sampleServiceS } = station;
  const arrivals = new RandomStream(station.seed, 0, Purpose.behaviour).seek(0, 0);
  const services = new RandomStream(station.seed, 0, Purpose.tier);
  const queue = new BucketQueue(), tally = new Tally(), arrivedAtUs = new Float64Array(customers), customerOf = new Int32Array(servers + 1);
  const freeServers = Array.from({ length: servers }, (_, server) => servers - server);
  let arrived = 0, started = 0;
  const startNext = (server: number): void => {
    const customer = started++, serviceUs = Math.round(sampleServiceS(services.seek(customer, 0)) * US_PER_S);
    tally.start(queue.timeUs - arrivedAtUs[customer]!, customer >= warmUp);
    customerOf[server] = customer;
    queue.push(queue.timeUs + serviceUs, server);
  };
  const nextGapUs = (): number => Math.round(arrivals.nextExponential() / station.arrivalsPerS * US_PER_S);
  queue.push(nextGapUs(), ARRIVAL);
  while (queue.pop()) {
    const { timeUs, key } = queue;
    if (key === ARRIVAL) {
      tally.arrive(timeUs, arrived >= warmUp);
      tally.changeNumber(1, timeUs);
      arrivedAtUs[arrived++] = timeUs;
      if (arrived < customers) queue.push(timeUs + nextGapUs(), ARRIVAL);
      const server = freeServers.pop();
      if (server !== undefined) startNext(server);
    } else {
      const customer = customerOf[key]!;
      tally.changeNumber(-1, timeUs);
      tally.leave(timeUs - arrivedAtUs[customer]!, customer >= warmUp);
      if (started < arrived) startNext(key); else freeServers.push(key);
    }
  }
  return tally.result();
}

/**
 * One server that serves all present customers at once, each at an equal share. Departures are scheduled anew at each
 * change; outdated ones are known by their key.
 */
export function simulateProcessorSharing(station: OpenStation): StationRun {
  const { customers, warmUp, sampleServiceS } = station;
  const arrivals = new RandomStream(station.seed, 0, Purpose.behaviour).seek(0, 0);
  const services = new RandomStream(station.seed, 0, Purpose.tier);
  const queue = new BucketQueue(), tally = new Tally(), present: { customer: number; atUs: number; workLeftUs: number }[] = [];
  let arrived = 0, changedAtUs = 0, version = 0;
  const nextGapUs = (): number => Math.round(arrivals.nextExponential() / station.arrivalsPerS * US_PER_S);
  const scheduleDeparture = (): void => {
    version++;
    if (present.length === 0) return;
    const least = present.reduce((found, each) => Math.min(found, each.workLeftUs), Infinity);
    queue.push(queue.timeUs + Math.max(0, Math.round(least * present.length)), version);
  };
  queue.push(nextGapUs(), ARRIVAL);
  while (queue.pop()) {
    const { timeUs, key } = queue;
    if (key !== ARRIVAL && key !== version) continue;
    for (const each of present) each.workLeftUs -= (timeUs - changedAtUs) / present.length;
    changedAtUs = timeUs;
    if (key === ARRIVAL) {
      tally.arrive(timeUs, arrived >= warmUp);
      tally.changeNumber(1, timeUs);
      present.push({ customer: arrived, atUs: timeUs, workLeftUs: sampleServiceS(services.seek(arrived, 0)) * US_PER_S });
      if (++arrived < customers) queue.push(timeUs + nextGapUs(), ARRIVAL);
    } else {
      const place = present.reduce((best, each, i) => (each.workLeftUs < present[best]!.workLeftUs ? i : best), 0);
      const { customer, atUs } = present.splice(place, 1)[0]!;
      tally.changeNumber(-1, timeUs);
      tally.leave(timeUs - atUs, customer >= warmUp);
    }
    scheduleDeparture();
  }
  return tally.result();
}

/** A closed network: customers think for an exponential time, then pass all stations in turn, first come first served. */
export interface ClosedNetwork {
  readonly customers: number;
  readonly meanThinkS: number;
  readonly stations: readonly { readonly servers: number; readonly meanServiceS: number }[];
  readonly horizonS: number;
  readonly warmUpS: number;
  readonly seed: number;
}

/** What one run of a closed network found. */
export interface ClosedRun {
  /** Rounds finished per second. */
  readonly throughputPerS: number;
  /** Mean time from the end of thinking to the end of the last service. */
  readonly meanResponseS: number;
}

/** Runs a closed network with exponential service. A key is customer * (stations + 1) + stage; stage 0 is thinking. */
export function simulateClosed(network: ClosedNetwork): ClosedRun {
  const { customers, stations, meanThinkS } = network, stages = stations.length + 1;
  const stream = new RandomStream(network.seed, 0, Purpose.test).seek(0, 0), queue = new BucketQueue();
  const draw = (meanS: number): number => Math.round(stream.nextExponential() * meanS * US_PER_S);
  const waiting: number[][] = stations.map(() => []), busy = stations.map(() => 0), leftThinkingAtUs = new Float64Array(customers);
  const warmUpUs = network.warmUpS * US_PER_S, horizonUs = network.horizonS * US_PER_S;
  let rounds = 0, responseUs = 0;
  const enter = (customer: number, station: number): void => {
    if (busy[station]! === stations[station]!.servers) { waiting[station]!.push(customer); return; }
    busy[station]!++;
    queue.push(queue.timeUs + draw(stations[station]!.meanServiceS), customer * stages + station + 1);
  };
  for (let customer = 0; customer < customers; customer++) queue.push(draw(meanThinkS), customer * stages);
  while (queue.pop() && queue.timeUs <= horizonUs) {
    const { timeUs, key } = queue, stage = key % stages, customer = (key - stage) / stages;
    if (stage === 0) leftThinkingAtUs[customer] = timeUs;
    else {
      busy[stage - 1]!--;
      const next = waiting[stage - 1]!.shift();
      if (next !== undefined) enter(next, stage - 1);
    }
    if (stage < stations.length) enter(customer, stage);
    else {
      if (timeUs > warmUpUs) { rounds++; responseUs += timeUs - leftThinkingAtUs[customer]!; }
      queue.push(timeUs + draw(meanThinkS), customer * stages);
    }
  }
  return { throughputPerS: rounds / (network.horizonS - network.warmUpS), meanResponseS: responseUs / rounds / US_PER_S };
}
