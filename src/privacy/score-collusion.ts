/**
 * Relay and E together: each request that E read is put down to the phone whose exchange passed the relay just before, and
 * all that E read of one phone is read at once. Without a relay E sees the addresses itself.
 */
import type { ColumnTable } from "../records/column-table.js";
import { UNKNOWN_SENDER } from "../records/prompt-record.js";
import { matchArrivals } from "./attacks/match-arrivals.js";
import type { ObservedPrompt } from "./observers/prompt-observer.js";
import { inferAttributes, type PromptScoring } from "./score-prompts.js";
import { describeTasks, type TaskFindings } from "./task-findings.js";

/**
 * Scores the colluders.
 *
 * @param relay Rows of `RELAY_SCHEMA`.
 * @returns Metrics `NAME.joined.top1`: share of requests put down to the right phone, `NAME.joined.prior`: one phone in all, and those of the readers, one row per phone.
 */
export function scoreCollusion(relay: ColumnTable, prompts: readonly ObservedPrompt[], scoring: PromptScoring): TaskFindings {
  const claimed = claimClients(relay, prompts).map((claim, i) => (prompts[i]!.record.sender === UNKNOWN_SENDER ? claim : prompts[i]!.record.sender)), { placeOf, name } = scoring;
  const right = prompts.filter(({ clientId }, i) => claimed[i] === clientId).length, textOf = new Map<number, string>();
  prompts.forEach(({ record }, i) => { textOf.set(claimed[i]!, `${textOf.get(claimed[i]!) ?? ""} ${record.text}`); });
  const texts = [...textOf].filter(([clientId]) => placeOf.has(clientId)).sort(([a], [b]) => a - b).map(([clientId, text]) => ({ clientId, text }));
  const { metrics, ...inferred } = describeTasks(inferAttributes(texts, scoring));
  if (prompts.length === 0) return { metrics, ...inferred };
  return { ...inferred, metrics: { ...metrics, [`${name}.joined.top1`]: right / prompts.length, [`${name}.joined.prior`]: 1 / placeOf.size } };
}

/** Phone that each request is put down to; -1 for none. */
function claimClients(relay: ColumnTable, prompts: readonly ObservedPrompt[]): Int32Array {
  const passedAtUs = relay.column("requestAtUs"), bytes = relay.column("requestBytes"), clients = relay.column("clientId");
  const order = Int32Array.from({ length: relay.rowCount }, (_, row) => row).sort((a, b) => passedAtUs[a]! - passedAtUs[b]!);
  const passed = Array.from(order, (row) => ({ atUs: passedAtUs[row]!, bytes: bytes[row]! }));
  const places = matchArrivals(passed, prompts.map(({ record }) => ({ atUs: record.receivedAtUs, bytes: record.requestBytes })));
  return places.map((place) => (place < 0 ? -1 : clients[order[place]!]!));
}
