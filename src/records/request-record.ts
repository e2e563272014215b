/** One question as its P-client lived it, from the instant the user asked to the last token on the screen. */
import type { TableSchema } from "./column-table.js";

/** What became of a question. */
export const OUTCOMES = ["answered", "abandoned", "failed", "in-flight"] as const;
/** Which models made the answer that the user read. */
export const ROUTES = ["personal", "expert", "general", "expert-general", "personal-fallback"] as const;

/** Codes of `OUTCOMES`. */
export const Outcome = { answered: 0, abandoned: 1, failed: 2, inFlight: 3 } as const;
/** Codes of `ROUTES`. */
export const Route = { personal: 0, expert: 1, general: 2, expertGeneral: 3, personalFallback: 4 } as const;

/** Schema of the request record. Instants are simulated microseconds since the start of the run; absent when the step did not happen. */
export const REQUEST_SCHEMA: TableSchema = {
  name: "request",
  version: 2,
  key: ["clientId", "queryIndex"],
  columns: [
    { name: "clientId", type: "int32", unit: "1", meaning: "The P-client." },
    { name: "queryIndex", type: "int32", unit: "1", meaning: "Running number of the question at its client, from 0." },
    { name: "deviceIndex", type: "int32", unit: "1", meaning: "Row of the device table of the scenario." },
    { name: "networkState", type: "enum", unit: "1", meaning: "Connectivity when the question was decided.", names: ["wifi", "5g", "4g", "3g", "offline"] },
    { name: "route", type: "enum", unit: "1", meaning: "Who made the answer.", names: ROUTES },
    { name: "outcome", type: "enum", unit: "1", meaning: "What became of the question.", names: OUTCOMES },
    { name: "attempts", type: "int32", unit: "1", meaning: "Requests sent to a tier for this question; 0 when P answered alone." },
    { name: "askedAtUs", type: "float64", unit: "us", meaning: "The user pressed send." },
    { name: "startedAtUs", type: "float64", unit: "us", meaning: "P took the question up." },
    { name: "prefilledAtUs", type: "float64", unit: "us", meaning: "P had read the question and its context." },
    { name: "decidedAtUs", type: "float64", unit: "us", meaning: "P had drafted and chosen a route." },
    { name: "sealedAtUs", type: "float64", unit: "us", meaning: "The last request to a tier was redacted and encrypted." },
    { name: "arrivedAtUs", type: "float64", unit: "us", meaning: "The last request reached its tier." },
    { name: "admittedAtUs", type: "float64", unit: "us", meaning: "The tier started its prefill." },
    { name: "consultedAtUs", type: "float64", unit: "us", meaning: "E asked T." },
    { name: "consultAnsweredAtUs", type: "float64", unit: "us", meaning: "T's answer was back at E." },
    { name: "tierFirstTokenAtUs", type: "float64", unit: "us", meaning: "The tier made its first token." },
    { name: "tierLastTokenAtUs", type: "float64", unit: "us", meaning: "The tier made its last token." },
    { name: "openedAtUs", type: "float64", unit: "us", meaning: "The first chunk of the response was received and decrypted." },
    { name: "combinedAtUs", type: "float64", unit: "us", meaning: "P had read the tier's answer together with personal context." },
    { name: "firstTokenAtUs", type: "float64", unit: "us", meaning: "First token of the answer on the screen." },
    { name: "lastTokenAtUs", type: "float64", unit: "us", meaning: "Last token of the answer on the screen, or the end of the question without one." },
    { name: "promptTokens", type: "int32", unit: "tokens", meaning: "Tokens of the question, without history and personal context." },
    { name: "answerTokens", type: "int32", unit: "tokens", meaning: "Tokens of the answer on the screen." },
    { name: "preemptions", type: "int32", unit: "1", meaning: "Times the tier recomputed the request for lack of KV memory." },
    { name: "computeEnergyJ", type: "float64", unit: "J", meaning: "Energy of P's prefill and decode on the device." },
    { name: "radioEnergyJ", type: "float64", unit: "J", meaning: "Energy of the radio for this question, tail included." },
    { name: "uplinkBytes", type: "int32", unit: "bytes", meaning: "Bytes that the phone put on the air for this question, all attempts, after padding and encryption; lost ones included." },
    { name: "uplinkLostBytes", type: "int32", unit: "bytes", meaning: "Of these, bytes lost on the phone's link and sent again." },
    { name: "downlinkBytes", type: "int32", unit: "bytes", meaning: "Bytes of the answer that the phone received." },
    { name: "downlinkLostBytes", type: "int32", unit: "bytes", meaning: "Bytes sent to the phone besides: lost on its link and sent again, or sent after it had stopped waiting." },
    { name: "batteryFraction", type: "float64", unit: "1", meaning: "Charge of the battery when the question ended, of a full one." },
    { name: "heatFraction", type: "float64", unit: "1", meaning: "Thermal state when the question ended: 0 cold, 1 at the sustained plateau." },
    { name: "correctProbability", type: "float64", unit: "1", meaning: "Chance that the answer is right by the quality curve in force; 0 without an answer." },
    { name: "isCorrect", type: "int32", unit: "1", meaning: "1 when the answer was right in this replication." },
  ],
};
