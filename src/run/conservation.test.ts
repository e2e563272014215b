/**
 * Nothing appears and nothing is lost, in the whole model under every policy: questions, bytes and energy, with books kept
 * apart from each other (phones, tiers, an observer, a battery that ticks), under failures, timeouts, cancels, outages,
 * lossy links, and batteries that run empty and are charged.
 */
import fc from "fast-check";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CLIENT_STRIDE, ClientField as F, Stage } from "../clients/client-state.js";
import { ClientWorld, type EndSnapshot, realDevices, scenarioOf as worldScenario, US } from "../clients/client-world.fixture.js";
import { randomTier } from "../clients/random-tier.fixture.js";
import { packageRoot } from "../config/load-dataset.js";
import { loadStudy } from "../config/load-study.js";
import { scenarioOf } from "../config/parse-study.js";
import { RequestField as R } from "../tiers/tier-messages.js";
import { allocateFleet } from "./fleet-memory.js";
import { loadCellInputs } from "./load-cell-inputs.js";
import { allocateControl, participate, type RunControl } from "./participate.js";
import { type CellSeed, simulateAlone } from "./simulate-fleet.js";

const POLICIES = ["p-only", "t-only", "always-expert", "cascade", "deadline", "battery", "money-budget", "privacy-budget", "bandit", "oracle"];
const LINK_NAMES = ["wifi", "5g", "4g", "3g"];
const HARD = ["population.clients=80", "simulation.horizonS=3 h", "simulation.startHour=18", "population.arrivals.queriesPerDay=80", "simulation.shards=8", "records.keepFraction=1",
  "network.states.wifi.meanDwellS=10 min", "network.states.offline.meanDwellS=3 min", "tiers.expert.maxRunning=4", "tiers.general.maxRunning=2", "tiers.general.replicas=1",
  "tiers.expert.failure={meanTimeBetweenS: 20 min, restartS: 60}", "devices.startBatteryFraction={low: 0.02, high: 1}"];

function cell(...overrides: string[]): CellSeed {
  const study = loadStudy(join(packageRoot(), "configs", "minimal.yaml"), { overrides: [...HARD, ...overrides] });
  return { scenario: scenarioOf(study), seed: 11, replication: 0 };
}

function sumOf(values: ArrayLike<number>): number { return Array.from(values).reduce((sum, value) => sum + value, 0); }

/** A control that asks for a stop when the clock has passed an instant. */
function stopAfter(untilUs: number): RunControl {
  const control = allocateControl();
  const progress = new Proxy(control.progress, { set: (words, word, value: number) => {
    if (word === "0" && value > untilUs) Atomics.store(control.stop, 0, 1);
    words[Number(word)] = value;
    return true;
  } });
  return { ...control, progress };
}

describe.each(POLICIES)("questions under %s", (policy) => {
  const seed = cell(`routing={kind: ${policy}}`, "retry.timeoutS=6", "tiers.consultFraction=0.3", "population.patienceS=30"), inputs = loadCellInputs(seed.scenario);

  it("are answered, dropped or in flight at any instant, by the book of the log and by the state of the phones", () => {
    for (const hours of [0.4, 1.5]) {
      const memory = allocateFleet(seed.scenario, 1), { totals, rows, isFinished, tiers } = participate({ ...seed, thread: 0, memory, inputs, control: stopAfter(hours * 3600 * US) });
      const row = (client: number): Float64Array => memory.clients.subarray(client * CLIENT_STRIDE, (client + 1) * CLIENT_STRIDE);
      const phones = Array.from({ length: seed.scenario.population.clients }, (_, client) => row(client));
      const ended = totals.sum("answered") + totals.sum("abandoned") + totals.sum("failed"), taken = phones.filter((phone) => phone[F.stage] !== Stage.idle).length;
      expect(isFinished).toBe(false);
      // Questions are numbered from 0: an idle phone's next one has the number of those that ended.
      expect(sumOf(phones.map((phone) => phone[F.queryIndex]!))).toBe(ended);
      expect(rows.request.rowCount).toBe(ended);
      const stopped = simulateAlone(seed, inputs, stopAfter(hours * 3600 * US)).totals;
      expect([stopped.sum("inFlight"), stopped.sum("asked")]).toEqual([taken, ended + taken]);
      // What a pool has in hand belongs to phones that wait, or whose cancel is still on its way.
      for (const pool of tiers!.pools) expect(pool.inFlight).toBeGreaterThanOrEqual(0);
    }
  });

  it("all end in a run that comes to its end", () => {
    const { totals, rows, tiers } = simulateAlone(seed, inputs);
    expect(totals.sum("asked")).toBe(totals.sum("answered") + totals.sum("abandoned") + totals.sum("failed"));
    expect([totals.sum("inFlight"), rows.request.rowCount]).toEqual([0, totals.sum("asked")]);
    expect(totals.sum("asked")).toBeGreaterThan(300);
    for (const { arrived, served, timedOut, failed, inFlight } of tiers.pools) expect([arrived, inFlight]).toEqual([served + timedOut + failed, 0]);
  });
});

describe("the worlds of these proofs", () => {
  it("have failures, timeouts, retries, fallbacks, dropped questions and empty batteries in them", () => {
    const seed = cell("routing={kind: always-expert}", "retry.timeoutS=6", "population.patienceS=30"), { totals, tiers } = simulateAlone(seed, loadCellInputs(seed.scenario));
    const seen = { retries: totals.sum("retries"), fallbacks: totals.sum("routeFallback"), abandoned: totals.sum("abandoned"), failed: totals.sum("failed"), empty: totals.sum("batteryEmpty"),
      failures: sumOf(tiers.pools.map(({ replicaFailures }) => replicaFailures)), timedOut: sumOf(tiers.pools.map(({ timedOut }) => timedOut)) };
    for (const [name, count] of Object.entries(seen)) expect([name, count > 0]).toEqual([name, true]);
  });
});

describe.each(POLICIES)("bytes under %s over lossy links", (policy) => {
  const LOSS = 0.1;
  // Patience without end: no request is too late to arrive, so the tiers' book has every byte that came through.
  const seed = cell(`routing={kind: ${policy}}`, "retry.timeoutS=60", "population.patienceS=1e6", "tiers.consultFraction=0", ...LINK_NAMES.map((name) => `network.states.${name}.lossFraction=${LOSS}`));
  const { totals, rows, tiers } = simulateAlone(seed, loadCellInputs(seed.scenario));
  const sent = { up: totals.sum("uplinkSentBytes"), down: totals.sum("downlinkSentBytes") }, lost = { up: totals.sum("uplinkLostBytes"), down: totals.sum("downlinkLostBytes") };

  it("sent = received + lost, up and down, in sum and in each question", () => {
    expect(sent.up).toBe(totals.sum("uplinkReceivedBytes") + lost.up);
    expect(sent.down).toBe(totals.sum("downlinkReceivedBytes") + lost.down);
    const { request, wire } = rows, column = (name: string): ArrayLike<number> => request.column(name);
    for (let row = 0; row < request.rowCount; row++) {
      expect(column("uplinkBytes")[row]! - column("uplinkLostBytes")[row]!).toBe(wire.column("requestBytes")[row]);
      expect(column("downlinkBytes")[row]! + column("downlinkLostBytes")[row]!).toBe(wire.column("responseBytes")[row]);
    }
  });

  it("the phones' book of what came through is the tiers' book of what arrived", () => {
    const arrived = sumOf(tiers.pools.map((pool) => pool.arrived)), received = sumOf(tiers.pools.map(({ receivedBytes }) => receivedBytes));
    expect(arrived).toBe(totals.sum("tierRequests"));
    expect(received).toBe(totals.sum("uplinkReceivedBytes"));
    expect(received > 0).toBe(policy !== "p-only");
  });

  it("loses the share of the links", () => {
    if (policy === "p-only") { expect([sent, lost]).toEqual([{ up: 0, down: 0 }, { up: 0, down: 0 }]); return; }
    // Of n packets put on the air n p are lost; a packet's size is at most 1428 bytes, so n >= bytes / 1428.
    const standardError = Math.sqrt((LOSS * (1 - LOSS)) / (sent.up / 1428));
    expect(Math.abs(lost.up / sent.up - LOSS)).toBeLessThan(5 * standardError);
    expect(lost.down / sent.down).toBeGreaterThan(LOSS / 2);
  });
});

describe("bytes of any question", () => {
  const conditions = fc.record({
    policy: fc.constantFrom(...POLICIES), loss: fc.constantFrom(0, 0.01, 0.3, 0.9), padding: fc.constantFrom("none", "bucket", "power-of-two", "constant"), tokensPerChunk: fc.constantFrom(0, 1, 16),
    cover: fc.constantFrom(0, 0.5), timeoutS: fc.constantFrom(2, 20), uplink: fc.constantFrom("20 kbit/s", "8 Mbit/s"), misses: fc.constantFrom(0, 0.3), client: fc.nat(30),
  });

  it("sent = received + lost, whatever the link, the padding, the chunks, cover traffic and the tier's failures", () => {
    let lateCount = 0, lostCount = 0;
    fc.assert(fc.property(conditions, ({ policy, loss, padding, tokensPerChunk, cover, timeoutS, uplink, misses, client }) => {
      const state = `uplinkBitPerS: ${uplink}, lossFraction: ${loss}, meanDwellS: 600`;
      const scenario = worldScenario("population: { clients: 31, arrivals: { kind: sessions, queriesPerDay: 40 } }", `routing: { kind: ${policy} }`, `simulation: { horizonS: 6 h, startHour: 9 }`,
        `protocol: { padding: ${padding}, tokensPerChunk: ${tokensPerChunk}, coverFraction: ${cover} }`, `retry: { timeoutS: ${timeoutS} }`, `network: { states: { ${LINK_NAMES.map((name) => `${name}: { ${state} }`).join(", ")} } }`);
      const world = new ClientWorld(scenario, { devices: realDevices(scenario), script: randomTier(misses) });
      world.liveThrough(client);
      for (const end of world.ended) {
        const { sentUp, receivedUp, lostUp, sentDown, receivedDown, lostDown, requests } = bytesOf(end, world);
        for (const bytes of [sentUp, receivedUp, lostUp, sentDown, receivedDown, lostDown]) expect(Number.isInteger(bytes) && bytes >= 0).toBe(true);
        expect([sentUp, sentDown]).toEqual([receivedUp + lostUp, receivedDown + lostDown]);
        const arrivedBytes = sumOf(requests.map((request) => request[R.requestBytes]!)), isCover = end.row[F.attempts] === 0, hasLate = requests.length < end.row[F.attempts]!;
        if (!isCover && !hasLate) expect(receivedUp).toBe(arrivedBytes);
        if (hasLate) { expect(receivedUp).toBeGreaterThanOrEqual(arrivedBytes); lateCount++; }
        if (loss === 0) expect(lostUp).toBe(0);
        else if (lostUp > 0) lostCount++;
      }
    }), { seed: 31, numRuns: 120 });
    expect([lateCount > 0, lostCount > 0]).toEqual([true, true]);
  });

  function bytesOf({ row, downlinkReceivedBytes, client }: EndSnapshot, world: ClientWorld): Record<"sentUp" | "receivedUp" | "lostUp" | "sentDown" | "receivedDown" | "lostDown", number> & { requests: Float64Array[] } {
    return {
      sentUp: row[F.uplinkSentBytes]!, receivedUp: row[F.uplinkReceivedBytes]!, lostUp: row[F.uplinkLostBytes]!,
      sentDown: row[F.downlinkSentBytes]!, receivedDown: downlinkReceivedBytes, lostDown: row[F.downlinkLostBytes]!,
      requests: world.sent.filter((request) => request[R.clientId] === client && Math.floor(request[R.attemptKey]! / 16) === row[F.queryIndex]),
    };
  }
});

describe.each(POLICIES)("energy under %s", (policy) => {
  const scenario = worldScenario("population: { clients: 40, patienceS: 15, arrivals: { kind: sessions, queriesPerDay: 60 } }", `routing: { kind: ${policy} }`, "simulation: { horizonS: 20 h, startHour: 8 }",
    "devices: { startBatteryFraction: { low: 0, high: 1 }, lowBatteryFraction: 0, baselineDrainW: 1.2, chargeS: 2 h }");

  it("in = out + stored, against a battery that ticks every second", () => {
    const devices = realDevices(scenario), world = new ClientWorld(scenario, { devices, script: randomTier(0.08) });
    let emptyCount = 0, fullCount = 0;
    for (let client = 0; client < 40; client++) {
      world.next.begin(client);
      const capacityJ = devices.batteryJ[world.get(F.device, client)]!, first = world.ended.length;
      let chargeJ = world.get(F.chargeJ, client), nowUs = 0;
      world.liveThrough(client);
      for (const { row } of world.ended.slice(first)) {
        chargeJ = Math.max(0, tick(chargeJ, capacityJ, nowUs, row[F.chargeAtUs]!, row[F.plugAtUs]!) - row[F.computeJ]! - row[F.radioJ]!);
        nowUs = row[F.chargeAtUs]!;
        expect(Math.abs(chargeJ - row[F.chargeJ]!)).toBeLessThan(1e-6 * capacityJ);
        if (chargeJ === 0) emptyCount++;
        if (chargeJ > 0.99 * capacityJ) fullCount++;
      }
    }
    expect([emptyCount > 0, fullCount > 0]).toEqual([true, true]);
  });

  /** Charge after a rest, second by second and at each plugging and unplugging: what comes in, less what the phone draws. */
  function tick(fromJ: number, capacityJ: number, fromUs: number, toUs: number, plugUs: number): number {
    const { baselineDrainW, chargeW, chargeS } = scenario.devices, dayUs = 86_400 * US;
    let chargeJ = fromJ;
    for (let nowUs = fromUs; nowUs < toUs;) {
      const sincePlugUs = (((nowUs - plugUs) % dayUs) + dayUs) % dayUs, isPlugged = sincePlugUs < chargeS * US;
      const changeUs = nowUs - sincePlugUs + (isPlugged ? chargeS * US : dayUs), nextUs = Math.min(toUs, nowUs + US, changeUs);
      chargeJ = Math.min(capacityJ, Math.max(0, chargeJ + (((isPlugged ? chargeW : 0) - baselineDrainW) * (nextUs - nowUs)) / US));
      nowUs = nextUs;
    }
    return chargeJ;
  }
});
