/**
 * What the relay sees of one exchange: which phone, when, how much, to which gateway. The content is sealed to the gateway.
 * Cover exchanges are rows like any other; a question that sends nothing is no row.
 */
import type { TableSchema } from "./column-table.js";
import { WIRE_SCHEMA } from "./wire-record.js";

const GATEWAY_MEANING = "Gateway that the phone asked for: 1.. one per E domain, then T; 1 for all behind a shared gateway.";

/** Schema of the relay record: the wire record of what passed the relay, with the gateway as destination. */
export const RELAY_SCHEMA: TableSchema = {
  name: "relay",
  version: 1,
  key: WIRE_SCHEMA.key,
  columns: WIRE_SCHEMA.columns.map((column) => (column.name === "destination" ? { ...column, meaning: GATEWAY_MEANING } : column)),
};
