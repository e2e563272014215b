/** What a question used of each party's resources: the input to prices, payments and the ledger. */
import type { TableSchema } from "./column-table.js";

/** Schema of the usage record. */
export const USAGE_SCHEMA: TableSchema = {
  name: "usage",
  version: 1,
  key: ["clientId", "queryIndex"],
  columns: [
    { name: "clientId", type: "int32", unit: "1", meaning: "The account that pays." },
    { name: "queryIndex", type: "int32", unit: "1", meaning: "Running number of the question at its client." },
    { name: "domainIndex", type: "int32", unit: "1", meaning: "E-developer that is paid; -1 when no expert was asked." },
    { name: "expertPromptTokens", type: "int32", unit: "tokens", meaning: "Prompt tokens that reached E, all attempts." },
    { name: "expertCachedTokens", type: "int32", unit: "tokens", meaning: "Of these, tokens found in E's prefix cache." },
    { name: "expertAnswerTokens", type: "int32", unit: "tokens", meaning: "Tokens E made." },
    { name: "generalPromptTokens", type: "int32", unit: "tokens", meaning: "Prompt tokens that reached T, from P or, for an answer that was delivered, from E." },
    { name: "generalAnswerTokens", type: "int32", unit: "tokens", meaning: "Tokens T made." },
    { name: "deviceEnergyJ", type: "float64", unit: "J", meaning: "Energy the user's device spent on the question." },
    { name: "transferBytes", type: "int32", unit: "bytes", meaning: "Bytes over the phone's link, up and down, lost ones included." },
  ],
};
