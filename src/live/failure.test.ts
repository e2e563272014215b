import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { KNOWN } from "./learned-family.fixture.js";
import { type LedgerTotals, startTested, type TestedSystem, until } from "./live-system.fixture.js";
import { LiveError } from "./transport/live-error.js";

const PRICE = 1000, CONSULT_S = 15;
let system: TestedSystem, before: LedgerTotals;
beforeAll(async () => { system = await startTested({ deadlines: { consultS: CONSULT_S } }); }, 240_000);
afterAll(async () => { await system.end(); }, 60_000);
beforeEach(async () => {
  await until(async () => (await system.totals()).held === 0);
  before = await system.totals();
}, 120_000);

/** Asks a question whose expert has stopped in the middle of its work: a token is held, no answer comes. */
async function askStopped(server: string, question: string): Promise<{ readonly answer: ReturnType<TestedSystem["ask"]>; readonly pid: number }> {
  const pid = system.pidOf(server);
  process.kill(pid, "SIGSTOP");
  const answer = system.ask(question);
  answer.catch(() => undefined);
  await until(async () => (await system.totals()).held === PRICE);
  return { answer, pid };
}

async function expectBooks(answersPaid: number): Promise<void> {
  await until(async () => (await system.totals()).held === 0);
  const after = await system.totals();
  expect(after.settled - before.settled).toBe(answersPaid * PRICE);
  expect(after.deposits).toBe(after.balances + after.out + after.held + after.settled);
}

/** The system does its work again, and pays once for it. */
async function expectRecovered(): Promise<void> {
  await until(async () => (await system.ask(KNOWN.mixed.question)).report.route === "expert");
  expect((await system.ask(KNOWN.mixed.question)).text).toBe(KNOWN.mixed.answer);
}

describe("kill -9 in the middle of an answer", () => {
  test.each([["the expert", "experts", KNOWN.mixed], ["T", "general", KNOWN.general]] as const)("of %s: P answers by itself, the token comes back, the next question is served", async (_, server, { question, alone, area }) => {
    const { answer } = await askStopped(server, question);
    await system.killAndAwait(server);
    const { text, report } = await answer;
    expect({ text, route: report.route, area: report.area }).toEqual({ text: alone, route: "personal-fallback", area });
    await expectBooks(0);
    await expectRecovered();
  }, 240_000);

  test.each(["gateway", "relay"])("of the %s: P answers by itself, the token comes back, the next question is served", async (name) => {
    const { answer, pid } = await askStopped("experts", KNOWN.charger.question);
    await system.killAndAwait(name);
    process.kill(pid, "SIGCONT");
    const { text, report } = await answer;
    expect({ text, route: report.route }).toEqual({ text: KNOWN.charger.alone, route: "personal-fallback" });
    await expectBooks(0);
    await expectRecovered();
  }, 240_000);

  test("of the ledger: nothing is paid without being written down, and what was held comes back from the journal", async () => {
    const { answer, pid } = await askStopped("experts", KNOWN.mixed.question), killed = system.killAndAwait("ledger");
    await until(() => !system.state().processes.find(({ name }) => name === "ledger")!.isReady);
    process.kill(pid, "SIGCONT");
    const { report: { route } } = await answer;
    await killed;
    // The ledger may be back before the answer is through: then it is paid for, once.
    await expectBooks(route === "expert" ? 1 : 0);
    await expectRecovered();
  }, 240_000);

  test("of P: the client hears of it at once, and P finds its money in its vault", async () => {
    const { answer, pid } = await askStopped("experts", KNOWN.mixed.question);
    await system.killAndAwait("personal");
    process.kill(pid, "SIGCONT");
    await expect(answer).rejects.toBeInstanceOf(LiveError);
    expect((await system.ask(KNOWN.personal.question)).text).toBe(KNOWN.personal.answer);
    await expectBooks(0);
    await expectRecovered();
  }, 240_000);
});

test("an expert that hangs costs P its patience and no more: its own answer comes within the deadline, and the supervisor ends the hanging process", async () => {
  const { answer, pid } = await askStopped("experts", KNOWN.mixed.question), { text, report } = await answer;
  expect({ text, route: report.route, reason: report.reason }).toMatchObject({ text: KNOWN.mixed.alone, route: "personal-fallback" });
  expect(report.lastTokenAtUs - report.startedAtUs).toBeLessThan(60e6);
  await until(() => system.pidOf("experts") !== pid);
  await expectBooks(0);
  await expectRecovered();
}, 240_000);

test("many at once: every question is answered, and as many are paid for as experts answered", async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => system.ask(i % 2 === 0 ? KNOWN.mixed.question : KNOWN.domain.question, 0)));
  const served = answers.filter(({ report }) => report.route === "expert").length;
  expect(served).toBeGreaterThan(0);
  await expectBooks(served);
}, 240_000);
