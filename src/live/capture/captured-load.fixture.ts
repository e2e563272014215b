/** A real live system under a short load, captured: people who all have one person's store, and ask what the tests' model knows. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CapturedView } from "../../privacy/observers/captured-view.js";
import type { RunRecords } from "../../records/run-records.js";
import { QueryKind } from "../../records/truth-record.js";
import { samplePerson } from "../../world/people/person.js";
import { sampleQuery } from "../../world/queries/sample-query.js";
import { KNOWN, LIVE_PERSON, LIVE_WORLD, type KnownQuestion } from "../learned-family.fixture.js";
import { PATIENCE_MS, testedConfig } from "../live-system.fixture.js";
import { askPersonal } from "../ask-personal.js";
import { loadCaptured } from "../load/load-captured.js";
import type { PlannedQuestion } from "../load/plan-load.js";
import { runLoad, type AskedQuestion } from "../load/run-load.js";
import { tabulateLoad } from "../load/tabulate-load.js";
import { personalModel } from "../personal/personal-backend.js";
import { loadVault } from "../personal/load-vault.js";
import { livePaths } from "../processes/live-state.js";
import { startLiveSystem, type LiveSystem } from "../processes/live-system.js";
import { loadSecrets } from "../processes/plan-processes.js";

/** What a captured load left. */
export interface CapturedRun { readonly folder: string; readonly asked: readonly AskedQuestion[]; readonly rows: RunRecords; readonly captured: CapturedView; end(): void }

/** Domains in the order of the records. */
export const CAPTURED_DOMAINS = ["finance", "it", "medicine", "education"] as const;
/** People: enough for attacks to be judged. */
export const CAPTURED_PEOPLE = 17;

const ASKED: readonly KnownQuestion[] = [KNOWN.personal, KNOWN.mixed, KNOWN.charger, KNOWN.chat, KNOWN.domain];
/** Questions of one person, and those of them that go to an expert. */
export const ASKED_OF_EACH = ASKED.length, CONSULTS_OF_EACH: number = ASKED.filter(({ area }) => area !== undefined).length;
/** Between the first questions of two people. Milliseconds. */
const GAP_MS = 200;
/** Time for the last exchange to be written down. */
const SETTLE_MS = 500;

/** Runs a system with `protocol` (YAML of the section) and captures it. @param readMs Between an answer and its person's next question. */
export async function runCaptured(protocol: string, readMs: number): Promise<CapturedRun> {
  const folder = mkdtempSync(join(tmpdir(), "plmm-captured-")), capture = join(folder, "capture"), state = join(folder, "state");
  const config = await testedConfig(state, { personal: `clients: ${CAPTURED_PEOPLE}, tokens: 8`, more: `capture: ${capture}\nprotocol: ${protocol}` });
  fillStores(state);
  const system = await startLiveSystem({ ...config, personal: { ...config.personal, firstPerson: 0 } });
  try {
    await warmUp(system);
    const { startedAtUs, asked } = await runLoad(planKnown(), { ...system, readMs, withinMs: PATIENCE_MS, onDone: () => undefined, signal: AbortSignal.timeout(4 * PATIENCE_MS) });
    await new Promise((resolve) => { setTimeout(resolve, SETTLE_MS + readMs); });
    const { traffic, captured } = loadCaptured(capture, { world: LIVE_WORLD, domains: CAPTURED_DOMAINS, startedAtUs, asked }), { rows } = tabulateLoad({ startedAtUs, asked, seen: [], traffic });
    return { folder: capture, asked, rows, captured, end: () => { rmSync(folder, { recursive: true, force: true }); } };
  } finally {
    await system.stop();
  }
}

/** The stores as if everybody were the person whose questions the model knows. */
function fillStores(state: string): void {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  const secret = loadSecrets(state).store.toString("base64url"), values = Buffer.from(JSON.stringify(samplePerson(LIVE_WORLD, LIVE_PERSON).values));
  for (let client = 0; client < CAPTURED_PEOPLE; client++) loadVault(join(livePaths.people(state), String(client)), secret, 4).put("person", values);
}

/** Everybody consults once before: connections are open, keys and tokens fetched, and cover has something to be like. */
async function warmUp({ api, apiKey }: LiveSystem): Promise<void> {
  await Promise.all(Array.from({ length: CAPTURED_PEOPLE }, (_, client) => askPersonal({ api, apiKey, model: personalModel(client) }, KNOWN.mixed.question, AbortSignal.timeout(PATIENCE_MS), () => undefined)));
}

/** Everybody asks everything, in an order of their own. */
function planKnown(): PlannedQuestion[] {
  return ASKED.flatMap((_, queryIndex) => Array.from({ length: CAPTURED_PEOPLE }, (__, clientId): PlannedQuestion => {
    const known = ASKED[(queryIndex + clientId) % ASKED.length]!, domainIndex = CAPTURED_DOMAINS.findIndex((area) => area === known.area), kind = domainIndex < 0 ? QueryKind.personal : QueryKind.domain;
    const query = sampleQuery(LIVE_WORLD, "test", "personal", queryIndex, { person: clientId });
    return { clientId, queryIndex, askAtUs: clientId * GAP_MS * 1000, kind, domainIndex, difficulty: 0.5, query: { ...query, question: known.question, core: known.request ?? known.question, answer: known.answer, accepted: [known.answer] } };
  }));
}
