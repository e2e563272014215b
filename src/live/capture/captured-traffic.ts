/** What the path had of each question: the records of its phone's connection from one question to the next. */
import { byClient, type AskedQuestion } from "../load/run-load.js";
import type { Traffic } from "../load/tabulate-load.js";
import { clientOfAddress } from "../transport/loopback-address.js";
import type { TlsRecord } from "./tls-records.js";

/** Records of each question. Those before a client's first question, and of addresses that are no client's, belong to none. */
export function recordsOfQuestions(asked: readonly AskedQuestion[], records: readonly TlsRecord[]): ReadonlyMap<AskedQuestion, readonly TlsRecord[]> {
  const people = byClient(asked, ({ planned }) => planned.clientId), found = new Map<AskedQuestion, TlsRecord[]>();
  for (const record of records) {
    const question = people.get(clientOfAddress(record.source) ?? -1)?.filter(({ answer, dueAtUs }) => (answer?.askedAtUs ?? dueAtUs) <= record.atUs).at(-1);
    if (question !== undefined) found.set(question, [...found.get(question) ?? [], record]);
  }
  return found;
}

/** Sums of the records of one question. */
export function trafficOf(records: readonly TlsRecord[]): Traffic {
  const up = records.filter(({ direction }) => direction === "up"), down = records.filter(({ direction }) => direction === "down"), sum = (rows: readonly TlsRecord[]): number => rows.reduce((total, { bytes }) => total + bytes, 0);
  return { upBytes: sum(up), downBytes: sum(down), chunks: down.length, requestAtUs: up[0]?.atUs ?? NaN, firstAtUs: down[0]?.atUs ?? NaN, lastAtUs: down.at(-1)?.atUs ?? NaN };
}
