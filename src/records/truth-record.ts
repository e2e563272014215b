/** What really happened: seen by the scorer of an attack and by nobody in the simulated world. */
import type { TableSchema } from "./column-table.js";

/** What a question needs. */
export const QUERY_KINDS = ["personal", "domain", "mixed", "general", "chat"] as const;
/** Codes of `QUERY_KINDS`. */
export const QueryKind = { personal: 0, domain: 1, mixed: 2, general: 3, chat: 4 } as const;

/** Schema of the truth record. */
export const TRUTH_SCHEMA: TableSchema = {
  name: "truth",
  version: 1,
  key: ["clientId", "queryIndex"],
  columns: [
    { name: "clientId", type: "int32", unit: "1", meaning: "The P-client." },
    { name: "queryIndex", type: "int32", unit: "1", meaning: "Running number of the question at its client." },
    { name: "kind", type: "enum", unit: "1", meaning: "What the question needs.", names: QUERY_KINDS },
    { name: "domainIndex", type: "int32", unit: "1", meaning: "Domain of the question; -1 for personal, general and chat." },
    { name: "isExpertConsulted", type: "int32", unit: "1", meaning: "1 when an E-model was asked." },
    { name: "isGeneralConsulted", type: "int32", unit: "1", meaning: "1 when a T-model was asked, by P or by E." },
    { name: "secretCount", type: "int32", unit: "1", meaning: "Sensitive attributes that the question touches." },
    { name: "secretsSent", type: "int32", unit: "1", meaning: "Sensitive attributes that left the device in clear to a tier." },
    { name: "difficulty", type: "float64", unit: "1", meaning: "Difficulty of the question, uniform from 0 to 1." },
  ],
};
