/** What the relay sees of a run: a reduction of the wire record, and of the gateway that each phone asked for. */
import { ColumnTable } from "../../records/column-table.js";
import { RELAY_SCHEMA } from "../../records/relay-record.js";
import type { RunRecords } from "../../records/run-records.js";
import { joinQuestions } from "../join-truth.js";

/** Gateway of everybody behind a shared one. */
const SHARED_GATEWAY = 1;

/**
 * The relay's record of a run. A cover exchange goes to the gateway of the E that its question would have asked.
 *
 * @param gateway As in section `protocol`.
 * @param domainCount T's gateway comes after those of the domains.
 * @returns Rows of `RELAY_SCHEMA`.
 */
export function observeRelay({ wire, truth, usage }: RunRecords, gateway: "per-domain" | "shared", domainCount: number): ColumnTable {
  const relay = new ColumnTable(RELAY_SCHEMA), columns = wire.schema.columns.map(({ name }) => wire.column(name)), destination = wire.schema.columns.findIndex(({ name }) => name === "destination");
  const rows = Int32Array.from({ length: wire.rowCount }, (_, row) => row), truthRows = joinQuestions(wire, truth, rows), usageRows = joinQuestions(wire, usage, rows);
  const sentBytes = wire.column("requestBytes"), domains = truth.column("domainIndex"), paid = usage.column("domainIndex"), isGeneral = truth.column("isGeneralConsulted");
  for (const row of rows) {
    if (!(sentBytes[row]! > 0)) continue;
    const values = columns.map((column) => column[row]!), payee = paid[usageRows[row]!]!, truthRow = truthRows[row]!;
    const asked = payee >= 0 ? payee : isGeneral[truthRow] === 1 ? domainCount : Math.max(0, domains[truthRow]!);
    values[destination] = gateway === "shared" ? SHARED_GATEWAY : 1 + asked;
    relay.appendRow(values);
  }
  return relay;
}
