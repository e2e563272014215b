import { describe, expect, it } from "vitest";
import { ClientField as F, CLIENT_STRIDE } from "./client-state.js";
import { ClientWorld, roundDevices, scenarioOf, US } from "./client-world.fixture.js";

const ANSWER_US = 5 * US;

/** Lives through a client's schedule with answers that all take `answerUs`. Instants of each question. */
function scheduleOf(world: ClientWorld, client: number, answerUs = ANSWER_US): { askedUs: number; wakeUs: number; isFollowUp: boolean; session: number; reload: boolean; doneBeforeUs: number }[] {
  const rows = [];
  world.next.begin(client);
  for (let doneBeforeUs = -Infinity; world.get(F.wakeAtUs, client) < Infinity;) {
    const wakeUs = world.get(F.wakeAtUs, client);
    rows.push({ askedUs: world.get(F.askedAtUs, client), wakeUs, isFollowUp: world.get(F.isFollowUp, client) === 1, session: world.get(F.sessionIndex, client),
      reload: world.get(F.isReloaded, client) === 1, doneBeforeUs });
    doneBeforeUs = wakeUs + answerUs;
    world.set([[F.lastDoneAtUs, doneBeforeUs]], client);
    world.next.schedule(client * CLIENT_STRIDE, client);
  }
  return rows;
}

function allOf(clients: number, ...lines: string[]): ReturnType<typeof scheduleOf>[] {
  const world = new ClientWorld(scenarioOf(`population: { clients: ${clients}, arrivals: { kind: sessions, queriesPerDay: 12, turnsPerSession: 3, activitySpread: 0.5, thinkTimeS: 20 } }`, ...lines));
  return Array.from({ length: clients }, (_, client) => scheduleOf(world, client));
}

const fleet = allOf(1500);
const everybody = fleet.flat();

describe("next question", () => {
  it("starts queriesPerDay / turnsPerSession sessions a day on average", () => {
    const starts = fleet.map((questions) => questions.filter((question) => !question.isFollowUp).length);
    const meanStarts = starts.reduce((sum, count) => sum + count, 0) / starts.length;
    // Variance of one person's count: Poisson 4, plus activity spread of 0.5: (4 * 0.5)^2 = 4.
    expect(Math.abs(meanStarts - 4)).toBeLessThan(5 * Math.sqrt(8 / starts.length));
  });

  it("spreads activity between people by activitySpread", () => {
    const world = new ClientWorld(scenarioOf("population: { clients: 4000, arrivals: { kind: sessions, activitySpread: 0.5 } }"));
    const activity = Array.from({ length: 4000 }, (_, client) => { world.next.begin(client); return world.get(F.activity, client); });
    const mean = activity.reduce((sum, a) => sum + a, 0) / 4000, variance = activity.reduce((sum, a) => sum + (a - mean) ** 2, 0) / 4000;
    expect(Math.abs(mean - 1)).toBeLessThan(5 * 0.5 / Math.sqrt(4000));
    // Gamma with shape 4: excess kurtosis 6/4, so the standard error of the variance is 0.25 sqrt(3.5 / n).
    expect(Math.abs(variance - 0.25)).toBeLessThan(5 * 0.25 * Math.sqrt(3.5 / 4000));
  });

  it("has turnsPerSession turns in a session on average, geometric", () => {
    const ended = fleet.flatMap((questions) => {
      const counts = new Map<number, number>(), firstUs = new Map<number, number>();
      for (const { session, askedUs } of questions) { counts.set(session, (counts.get(session) ?? 0) + 1); if (!firstUs.has(session)) firstUs.set(session, askedUs); }
      // Sessions late in the day are cut by the horizon.
      return [...counts].filter(([session]) => firstUs.get(session)! < 20 * 3600 * US).map(([, count]) => count);
    });
    const mean = ended.reduce((sum, count) => sum + count, 0) / ended.length;
    // Geometric with mean 3 on 1, 2, ...: variance m (m - 1) = 6, one in three sessions has one turn.
    expect(Math.abs(mean - 3)).toBeLessThan(5 * Math.sqrt(6 / ended.length));
    const single = ended.filter((count) => count === 1).length / ended.length;
    expect(Math.abs(single - 1 / 3)).toBeLessThan(5 * Math.sqrt(2 / 9 / ended.length));
  });

  it("thinks for the median thinkTimeS above the shortest turn gap", () => {
    const thoughtUs = everybody.filter((question) => question.isFollowUp).map((question) => question.askedUs - question.doneBeforeUs - 2 * US).sort((a, b) => a - b);
    expect(thoughtUs[0]).toBeGreaterThan(0);
    const median = thoughtUs[Math.floor(thoughtUs.length / 2)]! / US;
    expect(Math.abs(median / 20 - 1)).toBeLessThan(5 * 1.2533 * 0.9 / Math.sqrt(thoughtUs.length));
    const below = thoughtUs.filter((us) => us < 20 * Math.exp(0.9) * US).length / thoughtUs.length;
    expect(Math.abs(below - 0.8413)).toBeLessThan(5 * Math.sqrt(0.8413 * 0.1587 / thoughtUs.length));
  });

  it("never wakes before the last answer and the shortest turn gap, and never before the question", () => {
    for (const { askedUs, wakeUs, doneBeforeUs } of everybody) {
      expect(wakeUs).toBe(Math.max(askedUs, doneBeforeUs + 2 * US));
      expect(Number.isInteger(wakeUs)).toBe(true);
    }
  });

  it("lets a question that falls into a long answer wait in P's queue, from the instant it was asked", () => {
    const world = new ClientWorld(scenarioOf("population: { clients: 20, arrivals: { kind: sessions, queriesPerDay: 200, turnsPerSession: 1 } }"));
    const rows = Array.from({ length: 20 }, (_, client) => scheduleOf(world, client, 900 * US)).flat();
    const waiting = rows.filter(({ askedUs, wakeUs }) => askedUs < wakeUs);
    expect(waiting.length).toBeGreaterThan(rows.length / 4);
    for (const { wakeUs, doneBeforeUs } of waiting) expect(wakeUs).toBe(doneBeforeUs + 2 * US);
  });

  it("asks the same sessions at the same instants however long answers take", () => {
    const lines = "population: { clients: 30, arrivals: { kind: sessions, queriesPerDay: 100, turnsPerSession: 1 } }";
    const instants = (answerUs: number): number[][] => {
      const world = new ClientWorld(scenarioOf(lines));
      return Array.from({ length: 30 }, (_, client) => scheduleOf(world, client, answerUs).map(({ askedUs }) => askedUs));
    };
    expect(instants(600 * US)).toEqual(instants(US));
  });

  it("asks nothing at or after the horizon, and every session that starts before it", () => {
    expect(everybody.every(({ askedUs }) => askedUs < 86_400 * US)).toBe(true);
    // Thoughts of a day: a turn that would come after the horizon must not swallow the sessions before it.
    const lines = ["simulation: { horizonS: 4 h }"], population = (turns: number): string =>
      `population: { clients: 60, arrivals: { kind: sessions, queriesPerDay: ${40 * turns}, turnsPerSession: ${turns}, thinkTimeS: 3 h } }`;
    const world = new ClientWorld(scenarioOf(...lines, population(2))), plain = new ClientWorld(scenarioOf(...lines, population(1)));
    for (let client = 0; client < 60; client++) {
      const starts = (of: ClientWorld): number[] => scheduleOf(of, client, US).filter(({ isFollowUp }) => !isFollowUp).map(({ askedUs }) => askedUs);
      expect(starts(world)).toEqual(starts(plain));
    }
  });

  it("loads the model again after keepLoadedS without an answer, and before the first question", () => {
    for (const { reload, wakeUs, doneBeforeUs } of everybody) expect(reload).toBe(wakeUs - doneBeforeUs > 300 * US);
    expect(everybody.some(({ reload, doneBeforeUs }) => reload && doneBeforeUs > 0)).toBe(true);
    expect(everybody.some(({ reload }) => !reload)).toBe(true);
  });

  it("starts a session with an empty conversation", () => {
    const world = new ClientWorld(scenarioOf("population: { clients: 1, arrivals: { kind: sessions, queriesPerDay: 200, turnsPerSession: 1 } }"));
    world.next.begin(0);
    world.set([[F.contextTokens, 900], [F.unreadTokens, 50], [F.tierTokens, 700], [F.tierPool, 2], [F.lastDoneAtUs, world.get(F.wakeAtUs) + US]]);
    world.next.schedule(0, 0);
    expect([world.get(F.isFollowUp), world.get(F.contextTokens), world.get(F.unreadTokens), world.get(F.tierTokens), world.get(F.tierPool)]).toEqual([0, 0, 0, 0, -1]);
    expect([world.get(F.queryIndex), world.get(F.sessionIndex)]).toEqual([1, 1]);
  });

  it("raises the rate of session starts in a burst by its factor", () => {
    const hourWeights = `[${Array.from({ length: 24 }, () => 1).join(", ")}]`;
    const starts = (burst: string): number => {
      const world = new ClientWorld(scenarioOf("simulation: { horizonS: 6 h }",
        `population: { clients: 1500, arrivals: { kind: sessions, queriesPerDay: 24, turnsPerSession: 1, activitySpread: 0.2, hourWeights: ${hourWeights}${burst} } }`));
      const rows = Array.from({ length: 1500 }, (_, client) => scheduleOf(world, client, US)).flat();
      return rows.filter(({ askedUs }) => askedUs >= 2 * 3600 * US && askedUs < 3 * 3600 * US).length;
    };
    const calm = starts(""), burst = starts(", burst: { startS: 2 h, durationS: 1 h, factor: 4 }");
    expect(Math.abs(calm / 1500 - 1)).toBeLessThan(5 * Math.sqrt(1.04 / 1500));
    expect(Math.abs(burst / 1500 - 4)).toBeLessThan(5 * Math.sqrt((4 + 16 * 0.04) / 1500));
  });

  it("deals out the instants of a trace in turn, divided by speedUp", () => {
    const atUs = [0, 10, 20, 31, 40, 50, 60].map((s) => s * US), tokens = atUs.map(() => 5);
    const world = new ClientWorld(scenarioOf("population: { clients: 3, arrivals: { kind: trace, file: none.csv } }"),
      { trace: { atUs, speedUp: 2, promptTokens: tokens, answerTokens: tokens } });
    const asked = [0, 1, 2].map((client) => scheduleOf(world, client, US).map(({ askedUs }) => askedUs / US));
    // Rows 0, 3, 6 are the first client's, 1 and 4 the second's, 2 and 5 the third's.
    expect(asked).toEqual([[0, 15.5, 30], [5, 20], [10, 25]]);
  });

  it("draws batteries uniformly between the stated ends, and devices by their shares", () => {
    const devices = { ...roundDevices(), names: ["a", "b"], cumulativeShare: Float64Array.of(0.3, 1), batteryJ: Float64Array.of(1000, 4000) };
    const world = new ClientWorld(scenarioOf("population: { clients: 4000 }", "devices: { startBatteryFraction: { low: 0.2, high: 0.6 } }"), { devices: { ...roundDevices(), ...devices } });
    let first = 0, sum = 0;
    for (let client = 0; client < 4000; client++) {
      world.next.begin(client);
      const device = world.get(F.device, client), fraction = world.get(F.chargeJ, client) / devices.batteryJ[device]!;
      expect(fraction >= 0.2 && fraction <= 0.6).toBe(true);
      first += device === 0 ? 1 : 0;
      sum += fraction;
    }
    expect(Math.abs(first / 4000 - 0.3)).toBeLessThan(5 * Math.sqrt(0.21 / 4000));
    expect(Math.abs(sum / 4000 - 0.4)).toBeLessThan(5 * 0.4 / Math.sqrt(12 * 4000));
  });
});
