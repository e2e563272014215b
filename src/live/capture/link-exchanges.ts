/**
 * Exchanges on the link behind the relay, as someone there tells them apart without a key: all share one connection, a large record up
 * begins one, and what comes down is put down to the one that began last.
 */
import type { SeenExchange } from "./observations.js";
import type { TlsRecord } from "./tls-records.js";

/** One exchange, as the relay has it but for the sender. */
export type LinkExchange = Omit<SeenExchange, "clientId">;

/** A sealed request holds a key encapsulation and a token: no head, acknowledgement or handshake is as large. */
const LEAST_REQUEST_BYTES = 512;

/** Exchanges in order of time. A record of about twice the smallest request or more carries several, which share its bytes. */
export function exchangesOnLink(records: readonly TlsRecord[]): readonly LinkExchange[] {
  const isRequest = ({ direction, bytes }: TlsRecord): boolean => direction === "up" && bytes >= LEAST_REQUEST_BYTES, least = records.reduce((smallest, record) => (isRequest(record) ? Math.min(smallest, record.bytes) : smallest), Infinity);
  const found: LinkExchange[] = [];
  for (const record of records) {
    const { atUs, bytes, direction } = record, count = Math.round(bytes / least);
    if (isRequest(record)) for (let i = 0; i < count; i++) found.push({ requestAtUs: atUs, requestBytes: Math.round(bytes / count), chunks: [] });
    else if (direction === "down") found.at(-1)?.chunks.push({ atUs, bytes });
  }
  return found;
}
