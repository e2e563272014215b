/**
 * What an observer on the network path sees of one question: who, when, how much, to which address. Nothing inside.
 * The observer sits between the phone's access link, where all losses are, and the first server.
 * One row per question: the observer is granted the instants at which the phone is in use (worst case), so a
 * question that sends nothing is a row of zero bytes.
 */
import type { TableSchema } from "./column-table.js";

/** Schema of the wire record. Sizes are those of TLS records on the path. */
export const WIRE_SCHEMA: TableSchema = {
  name: "wire",
  version: 2,
  key: ["clientId", "queryIndex"],
  columns: [
    { name: "clientId", type: "int32", unit: "1", meaning: "Source address, stable for the run." },
    { name: "queryIndex", type: "int32", unit: "1", meaning: "Running number of the observation at this address." },
    { name: "destination", type: "int32", unit: "1", meaning: "Server address: -1 none, 0 the relay, 1.. one per E domain, then T." },
    { name: "requestAtUs", type: "float64", unit: "us", meaning: "First byte up; the instant of use when nothing is sent." },
    { name: "requestBytes", type: "int32", unit: "bytes", meaning: "Bytes up that came through the phone's link, all attempts; what was lost on it was lost before the observer." },
    { name: "responseBytes", type: "int32", unit: "bytes", meaning: "Bytes sent down, those that were lost behind the observer and sent again included." },
    { name: "responseChunks", type: "int32", unit: "1", meaning: "Records down of the answer that the phone took, repeats not counted." },
    { name: "firstResponseAtUs", type: "float64", unit: "us", meaning: "First byte down." },
    { name: "lastResponseAtUs", type: "float64", unit: "us", meaning: "Last byte down." },
  ],
};
