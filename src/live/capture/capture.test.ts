/** Observers of a real live system, and what attacks read out of what they captured. */
import { readFileSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { NETWORK_FEATURES } from "../../privacy/observers/network-observer.js";
import { scoreCollusion } from "../../privacy/score-collusion.js";
import { scoreGatewayLink } from "../../privacy/score-gateway-link.js";
import { scoreLedger } from "../../privacy/score-ledger.js";
import { scoreRelay } from "../../privacy/score-relay.js";
import { placePeople } from "../../privacy/score-task.js";
import { scoreTraffic } from "../../privacy/score-traffic.js";
import { ColumnTable } from "../../records/column-table.js";
import { UNKNOWN_ACCOUNT } from "../../records/payment-record.js";
import { UNKNOWN_SENDER } from "../../records/prompt-record.js";
import { TRUTH_SCHEMA } from "../../records/truth-record.js";
import { RELAY_SCHEMA } from "../../records/relay-record.js";
import { samplePerson } from "../../world/people/person.js";
import { KNOWN, LIVE_PERSON, LIVE_WORLD, type KnownQuestion } from "../learned-family.fixture.js";
import { ASKED_OF_EACH, CAPTURED_DOMAINS, CONSULTS_OF_EACH, CAPTURED_PEOPLE, runCaptured, type CapturedRun } from "./captured-load.fixture.js";
import { loadLines } from "./load-capture.js";
import { captureFiles, tappedPieceForm } from "./observations.js";

const SCORING = { people: CAPTURED_PEOPLE, seed: 1, domainCount: CAPTURED_DOMAINS.length }, SIZES = NETWORK_FEATURES.filter(({ group }) => group === "size").map(({ name }) => name);
/** Attacks on a hundred observations of 17 people have a standard deviation of about 0.06 in AUC. */
const FAR = 0.25;

let plain: CapturedRun, shaped: CapturedRun;
beforeAll(async () => {
  plain = await runCaptured("{ requestBytes: 1, chunkBytes: 1, endBytes: 1 }", 300);
  shaped = await runCaptured("{ requestBytes: 1024, chunkBytes: 64, endBytes: 768, answerChunks: 32, releaseS: 0.1, coverFraction: 1 }", 4000);
}, 480_000);
afterAll(() => { for (const run of [plain, shaped]) run.end(); });

const bothRuns = (): readonly CapturedRun[] => [plain, shaped];
const textOf = ({ folder }: CapturedRun, fileOf: (folder: string) => string): string => readFileSync(fileOf(folder), "utf8");
const sizesOf = ({ rows: { wire, truth } }: CapturedRun): ReturnType<typeof scoreTraffic>["metrics"] => scoreTraffic(wire, truth, { ...SCORING, features: SIZES }).metrics;
const readers = (): Parameters<typeof scoreCollusion>[2] => ({ name: "leak.collusion", world: LIVE_WORLD, domains: CAPTURED_DOMAINS, placeOf: placePeople(plain.rows.truth.column("clientId"), CAPTURED_PEOPLE, 1), seed: 1, taskNumber: 30 });

/** The truth with the labels of one column dealt out anew among the rows that have one. */
function shuffled(truth: ColumnTable, dealt: "domainIndex" | "isExpertConsulted"): ColumnTable {
  const stream = new RandomStream(4, 0, Purpose.test).seek(0, 0), labels = truth.column(dealt), from = Int32Array.from({ length: truth.rowCount }, (_, row) => row), rows = from.filter((row) => labels[row]! >= 0), table = new ColumnTable(TRUTH_SCHEMA);
  for (let i = rows.length - 1; i > 0; i--) { const a = rows[i]!, b = rows[stream.nextInt(i + 1)]!; [from[a], from[b]] = [from[b]!, from[a]!]; }
  from.forEach((other, row) => { table.appendRow(TRUTH_SCHEMA.columns.map(({ name }) => truth.column(name)[name === dealt ? other : row]!)); });
  return table;
}

describe("a capture of the live system", () => {
  test("has a file for each observer, for its owner only, and every question was answered", () => {
    for (const { folder, asked } of bothRuns()) {
      expect(readdirSync(folder).sort()).toEqual(Object.values(captureFiles).map((fileOf) => fileOf("").replace(/^\//, "")).sort());
      expect(asked.filter(({ answer }) => answer !== undefined)).toHaveLength(ASKED_OF_EACH * CAPTURED_PEOPLE);
    }
  });

  test("holds on both links nothing but TLS, in which no word of a question, an answer or a name, no path and no header stands", () => {
    const words = [...Object.values(KNOWN).flatMap(({ question, request = "", reply = "", answer }: KnownQuestion) => [question, request, reply, answer]), samplePerson(LIVE_WORLD, LIVE_PERSON).values.name, "plmm-client", "/gateway", "ohttp"];
    for (const run of bothRuns()) for (const fileOf of [captureFiles.path, captureFiles.gatewayLink]) {
      const pieces = loadLines(fileOf(run.folder), tappedPieceForm), streams = new Map<string, Buffer>();
      for (const { connection, direction, bytes } of pieces) streams.set(`${connection} ${direction}`, Buffer.concat([streams.get(`${connection} ${direction}`) ?? Buffer.alloc(0), Buffer.from(bytes, "base64")]));
      for (const bytes of streams.values()) {
        // A handshake record comes first; then record after record, to the last byte.
        expect(bytes[0]).toBe(22);
        let at = 0;
        for (; at < bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) expect([20, 21, 22, 23]).toContain(bytes[at]);
        expect(at).toBe(bytes.length);
        for (const word of words.filter(({ length }) => length > 2)) expect(bytes.includes(word)).toBe(false);
      }
      expect(streams.size).toBeGreaterThan(1);
    }
    expect(textOf(plain, captureFiles.expert)).toContain("Karane");
  });

  test("tells phones apart on the path, and behind the relay has one connection for all", () => {
    const sourcesOf = (fileOf: (folder: string) => string): Set<string> => new Set(loadLines(fileOf(plain.folder), tappedPieceForm).map(({ source }) => source));
    expect(sourcesOf(captureFiles.path).size).toBe(CAPTURED_PEOPLE);
    expect(sourcesOf(captureFiles.gatewayLink)).toEqual(new Set(["127.0.0.1"]));
  });

  test("gives relay, experts and ledger what the threat model says, field by field", () => {
    const fieldsOf = (fileOf: (folder: string) => string): string[] => [...new Set(textOf(plain, fileOf).trim().split("\n").flatMap((line) => Object.keys(JSON.parse(line) as object)))].sort();
    expect(fieldsOf(captureFiles.relay)).toEqual(["chunks", "clientId", "requestAtUs", "requestBytes"]);
    expect(fieldsOf(captureFiles.expert)).toEqual(["answer", "area", "arrivedAtUs", "question", "requestBytes", "serial"]);
    expect(fieldsOf(captureFiles.ledger)).toEqual(["account", "atUs", "kind", "payee", "serial", "tokens"]);
    const { name } = samplePerson(LIVE_WORLD, LIVE_PERSON).values;
    for (const run of bothRuns()) for (const fileOf of [captureFiles.relay, captureFiles.expert, captureFiles.ledger]) expect(textOf(run, fileOf)).not.toContain(name);
    for (const fileOf of [captureFiles.relay, captureFiles.ledger]) expect(textOf(plain, fileOf)).not.toMatch(/Karane|lulene/);
  });
});

describe("attacks on captured bytes", () => {
  test("with encryption alone the path knows from sizes whether an expert was asked, and which: the power test", () => {
    const found = sizesOf(plain);
    expect(found["leak.consult.auc"]).toBeGreaterThan(0.95);
    expect(found["leak.domain.auc"]).toBeGreaterThan(0.85);
  });

  test("with constant sizes, a fixed rate and cover sizes tell it much less of the one and nothing of the other", () => {
    const found = sizesOf(shaped);
    // Slow exchanges have more beats: on a busy machine something remains.
    expect(found["leak.consult.auc"]).toBeLessThan(0.5 + FAR);
    expect(found["leak.domain.auc"]).toBeLessThan(0.5 + FAR);
  });

  test("when labels are dealt out anew, everything falls to chance: the null test", () => {
    for (const { rows: { wire, truth } } of bothRuns()) {
      expect(Math.abs(scoreTraffic(wire, shuffled(truth, "isExpertConsulted"), SCORING).metrics["leak.consult.auc"]! - 0.5)).toBeLessThan(FAR);
      expect(Math.abs(scoreTraffic(wire, shuffled(truth, "domainIndex"), SCORING).metrics["leak.domain.auc"]! - 0.5)).toBeLessThan(FAR);
    }
  });

  test("the relay alone knows no more of the domain than sizes tell: much without padding, little with it", () => {
    expect(scoreRelay(plain.captured.relay, plain.rows, SCORING).metrics["leak.relay.domain.auc"]).toBeGreaterThan(0.8);
    const { relay } = shaped.captured, sizes = new Set(relay.column("requestBytes"));
    expect(sizes.size).toBeLessThanOrEqual(2);
  });

  test("behind the relay sizes tell the domain too, though nobody can be told apart, until all exchanges have one size, rate and cover", () => {
    const linkOf = ({ captured: { gatewayLink }, rows }: CapturedRun): Readonly<Record<string, number>> => scoreGatewayLink(gatewayLink, rows, SCORING).metrics;
    expect(plain.captured.gatewayLink.rowCount).toBe(CONSULTS_OF_EACH * CAPTURED_PEOPLE);
    expect(linkOf(plain)["leak.gateway.domain.auc"]).toBeGreaterThan(0.5 + FAR);
    expect(linkOf(shaped)["leak.gateway.domain.auc"]).toBeLessThan(0.5 + FAR);
    expect(linkOf(shaped)["leak.gateway.consult.auc"]).toBeLessThan(0.5 + FAR);
  });

  test("relay and experts together find the phones of requests, of fewer where others send cover; experts alone have no phone to name", () => {
    for (const [{ captured: { relay, prompts } }, least] of [[plain, 0.6], [shaped, 4 / CAPTURED_PEOPLE]] as const) {
      expect(prompts).toHaveLength(CONSULTS_OF_EACH * CAPTURED_PEOPLE);
      expect(new Set(prompts.map(({ record }) => record.sender))).toEqual(new Set([UNKNOWN_SENDER]));
      const together = scoreCollusion(relay, prompts, readers()).metrics, alone = scoreCollusion(new ColumnTable(RELAY_SCHEMA), prompts, readers()).metrics;
      expect(together["leak.collusion.joined.top1"]).toBeGreaterThan(least);
      expect(alone["leak.collusion.joined.top1"]).toBe(0);
    }
  });

  test("the ledger's bookings name buyers and payees, and join them in no booking", () => {
    for (const { captured: { payments } } of bothRuns()) {
      const spent = payments.filter(({ record }) => record.account === UNKNOWN_ACCOUNT);
      expect(spent).toHaveLength(CONSULTS_OF_EACH * CAPTURED_PEOPLE);
      expect(payments.length - spent.length).toBe(CAPTURED_PEOPLE);
      const { metrics } = scoreLedger(payments, { placeOf: readers().placeOf, payeeCount: CAPTURED_DOMAINS.length + 1, seed: 1, taskNumber: 50 });
      expect(metrics["leak.ledger.link.auc"]).toBeGreaterThan(0);
    }
  });
});
