/** Experts that ask back on a real live system: what the person sees, says, and what of it the expert is told. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CapturedView } from "../../privacy/observers/captured-view.js";
import { QueryKind } from "../../records/truth-record.js";
import { samplePerson } from "../../world/people/person.js";
import { sampleQuery } from "../../world/queries/sample-query.js";
import { KNOWN, LIVE_PERSON, LIVE_WORLD } from "../learned-family.fixture.js";
import { PATIENCE_MS, testedConfig } from "../live-system.fixture.js";
import { loadCaptured } from "../load/load-captured.js";
import type { PlannedQuestion } from "../load/plan-load.js";
import { makeReplyTo } from "../load/reply-to-expert.js";
import { runLoad, type AskedQuestion } from "../load/run-load.js";
import { tabulateLoad } from "../load/tabulate-load.js";
import { startLiveSystem } from "../processes/live-system.js";
import { CAPTURED_DOMAINS } from "./captured-load.fixture.js";

const { salary } = samplePerson(LIVE_WORLD, LIVE_PERSON).values, SHOWN = "what is your salary?";
const folder = mkdtempSync(join(tmpdir(), "plmm-asked-back-"));
let asked: readonly AskedQuestion[], captured: CapturedView, workload: number;

/** The person's bank question, which P hands on as it stands. */
function planDomain(): PlannedQuestion {
  const query = sampleQuery(LIVE_WORLD, "test", "domain", 0, { person: LIVE_PERSON, domain: "finance" }), { question, answer } = KNOWN.domain;
  return { clientId: LIVE_PERSON, queryIndex: 0, askAtUs: 0, kind: QueryKind.domain, domainIndex: 0, difficulty: 0.5, query: { ...query, question, core: question, answer, accepted: [answer] } };
}

beforeAll(async () => {
  const capture = join(folder, "capture"), config = await testedConfig(join(folder, "state"), { personal: `clients: ${LIVE_PERSON + 1}`, more: `capture: ${capture}\nexperts: { asksBack: true }` });
  const system = await startLiveSystem({ ...config, personal: { ...config.personal, firstPerson: 0 } });
  try {
    const load = await runLoad([planDomain()], { ...system, withinMs: PATIENCE_MS, onDone: () => undefined, signal: AbortSignal.timeout(2 * PATIENCE_MS), replyTo: makeReplyTo({ world: LIVE_WORLD, compliance: 1, seed: 1 }) });
    await new Promise((resolve) => { setTimeout(resolve, 500); });
    const found = loadCaptured(capture, { world: LIVE_WORLD, domains: CAPTURED_DOMAINS, asksBack: true, ...load });
    ({ asked } = load);
    ({ captured } = found);
    workload = tabulateLoad({ ...load, seen: [], traffic: found.traffic }).rows.request.rowCount;
  } finally {
    await system.stop();
  }
}, 240_000);
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

describe("an expert that asks back", () => {
  test("is heard by the person in place of the answer, and answered with the question said again", () => {
    expect(asked.map(({ answer }) => answer?.text)[0]).toBe(SHOWN);
    expect(asked).toHaveLength(2);
    expect(asked[1]!.repliesTo).toBe(asked[0]);
    expect(asked[1]!.planned.query.question).toBe(`${KNOWN.domain.question} my salary is ${salary}.`);
  });

  test("is told as much as P sends on: the reply is joined to its question, and its secret counts as hidden where P kept it", () => {
    expect(captured.prompts).toHaveLength(1);
    expect(captured.prompts[0]!.secrets).toEqual([]);
    const [prompt] = captured.askedBack!, told = prompt!.secrets.find(({ attribute }) => attribute === "salary")!;
    expect(captured.askedBack).toHaveLength(1);
    expect(told).toEqual({ attribute: "salary", value: salary, isHidden: !prompt!.record.text.includes(salary) });
  });

  test("leaves replies out of the workload's rows, which stay comparable with an honest run", () => {
    expect(workload).toBe(1);
    expect(captured.relay.rowCount).toBe(1);
    expect(captured.gatewayLink.rowCount).toBe(1);
  });

  test("is told nothing by people who do not comply, nor where it was not seen", () => {
    expect(makeReplyTo({ world: LIVE_WORLD, compliance: 0, seed: 1 })(asked[0]!)).toBeUndefined();
    expect(makeReplyTo({ world: LIVE_WORLD, compliance: 1, seed: 1 })({ ...asked[0]!, answer: { ...asked[0]!.answer!, text: "2%" } })).toBeUndefined();
  });
});
