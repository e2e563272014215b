/** Observers on small made-up runs whose leaks are known: what must be found, and what must not. */
import { describe, expect, it } from "vitest";
import { protocolSection } from "../config/sections/network-section.js";
import { worldSection } from "../config/sections/world-section.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { ColumnTable } from "../records/column-table.js";
import { UNKNOWN_ACCOUNT } from "../records/payment-record.js";
import { UNKNOWN_SENDER } from "../records/prompt-record.js";
import { REQUEST_SCHEMA } from "../records/request-record.js";
import type { RunRecords } from "../records/run-records.js";
import { QueryKind, TRUTH_SCHEMA } from "../records/truth-record.js";
import { USAGE_SCHEMA } from "../records/usage-record.js";
import { WIRE_SCHEMA } from "../records/wire-record.js";
import { makeWorld } from "../world/world.js";
import { observeLedger } from "./observers/ledger-observer.js";
import { askBack } from "./observers/malicious-expert.js";
import { observePrompts, type ObservedPrompt } from "./observers/prompt-observer.js";
import { observeRelay } from "./observers/relay-observer.js";
import { recoverSecrets } from "./recover-secrets.js";
import { observeChunks } from "./observers/chunk-observer.js";
import { scoreChunks } from "./score-chunks.js";
import { scoreCollusion } from "./score-collusion.js";
import { scoreLedger } from "./score-ledger.js";
import { scorePrompts, type PromptScoring } from "./score-prompts.js";
import { scoreRelay } from "./score-relay.js";
import { placePeople } from "./score-task.js";

const DOMAINS = ["finance", "it", "medicine", "education"], PEOPLE = 100, QUESTIONS = 18, HOUR_US = 3.6e9;
const world = makeWorld(worldSection.parse({}));

/** Every question asks an E at a time of its own; sizes are all alike. Each person asks their own domain in 7 of 10 questions. */
function sampleRun(seed: number = 1): RunRecords {
  const run = { request: new ColumnTable(REQUEST_SCHEMA), wire: new ColumnTable(WIRE_SCHEMA), truth: new ColumnTable(TRUTH_SCHEMA), usage: new ColumnTable(USAGE_SCHEMA) };
  const stream = new RandomStream(seed, 0, Purpose.test).seek(0, 0);
  for (let client = 0; client < PEOPLE; client++) {
    for (let query = 0; query < QUESTIONS; query++) {
      const domain = stream.nextUniform() < 0.7 ? client % DOMAINS.length : stream.nextInt(DOMAINS.length), kind = query % 3 === 0 ? QueryKind.mixed : QueryKind.domain;
      const sentAtUs = Math.round((query + stream.nextUniform()) * HOUR_US), request = REQUEST_SCHEMA.columns.map(({ name }) => name);
      const values = request.map((name) => ({ clientId: client, queryIndex: query, arrivedAtUs: sentAtUs + 30_000 })[name] ?? 0);
      run.request.appendRow(values);
      run.wire.appendRow([client, query, 0, sentAtUs, 512, 4096, 8, sentAtUs + 4e5, sentAtUs + 2e6]);
      run.truth.appendRow([client, query, kind, domain, 1, 0, 0, 0, 0.5]);
      run.usage.appendRow([client, query, domain, 9, 0, 9, 0, 0, 1, 900]);
    }
  }
  return run;
}

const run = sampleRun(), placeOf = placePeople(run.truth.column("clientId"), PEOPLE, 1);
const scoring: PromptScoring = { name: "leak.expert", world, domains: DOMAINS, placeOf, seed: 1, taskNumber: 10 };

function promptsOf(protocol: Record<string, unknown>): ObservedPrompt[] {
  return observePrompts(run, world, { protocol: protocolSection.parse(protocol), domains: DOMAINS, seed: 1, isWanted: () => true });
}

describe("the relay", () => {
  it("knows the domain from the gateway, and nothing where all experts share one and sizes are alike", () => {
    const options = { people: PEOPLE, seed: 1, domainCount: DOMAINS.length };
    expect(scoreRelay(observeRelay(run, "per-domain", DOMAINS.length), run, options).metrics["leak.relay.domain.auc"]).toBe(1);
    const shared = scoreRelay(observeRelay(run, "shared", DOMAINS.length), run, options).metrics;
    expect(shared["leak.relay.domain.auc.low"]).toBeLessThan(0.5);
    expect(shared["leak.relay.domain.auc.high"]).toBeGreaterThan(0.5);
  });
});

describe("an operator who reads", () => {
  it("sees no address behind a relay and every address without one", () => {
    expect(new Set(promptsOf({ relay: true }).map(({ record }) => record.sender))).toEqual(new Set([UNKNOWN_SENDER]));
    expect(promptsOf({ relay: false }).every(({ record, clientId }) => record.sender === clientId)).toBe(true);
  });

  it("recovers every secret that is not redacted, and bits are log2 of that over blind guessing", () => {
    const found = recoverSecrets(promptsOf({ redactFraction: 0, sends: "context" }), placeOf, { seed: 1, taskNumber: 1 })!;
    expect([found.top1.value, found.rouge.value]).toEqual([1, 1]);
    expect(found.bits.value).toBeCloseTo(-Math.log2(found.prior.value), 12);
  });

  it("is left with blind guessing where everything is redacted: the interval of bits reaches near 0", () => {
    const prompts = promptsOf({ redactFraction: 1, sends: "context" }), found = recoverSecrets(prompts, placeOf, { seed: 1, taskNumber: 1 })!;
    expect(prompts.every(({ secrets }) => secrets.every(({ isHidden }) => isHidden))).toBe(true);
    expect(found.top1.value).toBeLessThan(found.prior.value + 0.03);
    expect(found.bits.low).toBeLessThan(0.05);
  });

  it("recovers about as many secrets as slip through", () => {
    const found = recoverSecrets(promptsOf({ redactFraction: 0.6, sends: "context" }), placeOf, { seed: 1, taskNumber: 1 })!;
    // 0.4 are read, of the others the blind share is guessed.
    expect(Math.abs(found.top1.value - (0.4 + 0.6 * found.prior.value))).toBeLessThan(0.05);
  });

  const open = scorePrompts(promptsOf({ redactFraction: 0, sends: "context" }), scoring).metrics, hidden = scorePrompts(promptsOf({ redactFraction: 1, sends: "least" }), scoring).metrics;

  it("infers health from words in clear, and from redacted ones too: what is asked, and the placeholders, say enough", () => {
    expect(open["leak.expert.health.auc.low"]).toBeGreaterThan(0.55);
    expect(hidden["leak.expert.health.auc.low"]).toBeGreaterThan(0.5);
    expect([open["leak.expert.answerable"], hidden["leak.expert.answerable"]! < 1]).toEqual([1, true]);
  });

  it("infers nothing about people who did not say it: those of another world under the same numbers", () => {
    const strangers = { ...scoring, world: makeWorld(worldSection.parse({ seed: 99 })) }, { metrics } = scorePrompts(promptsOf({ redactFraction: 0, sends: "least" }), strangers);
    for (const task of ["health", "wealth"]) expect([metrics[`leak.expert.${task}.auc.low`]! < 0.5, metrics[`leak.expert.${task}.auc.high`]! > 0.5]).toEqual([true, true]);
  });

  it("links requests by what people say of themselves, less so after redaction", () => {
    expect(open["leak.expert.link.error8"]).toBeLessThan(0.05);
    expect(hidden["leak.expert.link.error8"]).toBeGreaterThan(open["leak.expert.link.error8"]!);
  });

  it("learns by asking back in proportion to compliance", () => {
    const base = promptsOf({ redactFraction: 0 }), told = (compliance: number): number => {
      const prompts = askBack(base, { world, domains: DOMAINS, redactFraction: 0, compliance, seed: 1 });
      return prompts.filter(({ record }, i) => record.text !== base[i]!.record.text).length / base.length;
    };
    expect([told(0), told(1)]).toEqual([0, 1]);
    expect(Math.abs(told(0.3) - 0.3)).toBeLessThan(0.03);
  });
});

describe("sizes of chunks", () => {
  const chunksOf = (protocol: Record<string, unknown>): Readonly<Record<string, number>> =>
    scoreChunks(promptsOf({}).map((prompt) => ({ ...prompt, chunkBytes: observeChunks(prompt.answer, protocolSection.parse(protocol)) })), placeOf, { seed: 1, taskNumber: 5 }).metrics;

  it("give back much of an answer that is streamed word by word, and less of one in batches of eight", () => {
    const single = chunksOf({ tokensPerChunk: 1 }), batched = chunksOf({ tokensPerChunk: 8 });
    expect(single["leak.tokens.rouge"]).toBeGreaterThan(single["leak.tokens.rouge.prior"]! + 0.2);
    expect(batched["leak.tokens.rouge"]).toBeLessThan(single["leak.tokens.rouge"]!);
  });

  it("give back nothing where all answers have one size: the interval of bits holds 0", () => {
    const constant = chunksOf({ padding: "constant" });
    expect(constant["leak.tokens.bits.low"]).toBe(0);
    expect(constant["leak.tokens.top1"]).toBeLessThanOrEqual(constant["leak.tokens.prior"]! + 0.02);
  });
});

describe("relay and E together", () => {
  it("put nearly every request down to the right phone, equal sizes or not", () => {
    const { metrics } = scoreCollusion(observeRelay(run, "shared", DOMAINS.length), promptsOf({ relay: true }), { ...scoring, name: "leak.collusion" });
    // Somebody else passes within the 30 ms on the way with chance 1 - exp(-0.03 s x 100 people / 3600 s) = 0.1 %.
    expect(metrics["leak.collusion.joined.top1"]).toBeGreaterThan(0.99);
  });
});

describe("the ledger", () => {
  const ledgerOf = (payment: string): Readonly<Record<string, number>> => {
    const protocol = protocolSection.parse({ payment, tokensPerPurchase: 5 });
    const payments = observeLedger(run, { protocol, domainCount: DOMAINS.length, seed: 1, isWanted: () => true });
    expect(payments.some(({ record }) => record.account === UNKNOWN_ACCOUNT)).toBe(payment !== "account");
    return scoreLedger(payments, { placeOf, payeeCount: DOMAINS.length + 1, seed: 1, taskNumber: 50 }).metrics;
  };

  it("knows what an account is interested in and whose each payment is", () => {
    const found = ledgerOf("account");
    expect(found["leak.ledger.interest.top1"]).toBeGreaterThan(0.95);
    expect(found["leak.ledger.link.auc"]).toBe(1);
  });

  it("links tokens bought when the wallet is empty by time, and hardly those bought on a schedule", () => {
    const empty = ledgerOf("blind"), scheduled = ledgerOf("blind-scheduled");
    expect(empty["leak.ledger.link.auc.low"]).toBeGreaterThan(0.6);
    expect(scheduled["leak.ledger.link.auc"]).toBeLessThan(empty["leak.ledger.link.auc"]!);
    expect(scheduled["leak.ledger.interest.auc.low"]).toBeLessThan(0.55);
  });
});
