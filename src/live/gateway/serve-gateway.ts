/**
 * The gateway of E and T: opens sealed requests, holds the token that pays, has the tiers answer, seals the answer chunk by chunk and
 * settles when all of it has been sent. It never learns who asks; the relay in front of it never learns what.
 */
import type { KeyObject } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { Strength } from "../../protocol/ohttp/choose-config.js";
import { beginResponse, RequestReader, type ChunkSealer } from "../../protocol/ohttp/oblivious-stream.js";
import type { CoverPlan } from "../../protocol/shaping/cover-traffic.js";
import { ReplayCache } from "../../protocol/replay-cache.js";
import { MESSAGE_FORMS, type GatewayKey } from "../../protocol/ohttp/request-head.js";
import { parseToken, parseTokenRequests, serialOf } from "../../protocol/tokens/token.js";
import type { AreaName } from "../../world/knowledge/knowledge-area.js";
import type { ConsultedQuestion } from "../capture/observations.js";
import type { Lines } from "../capture/write-lines.js";
import { nowUs } from "../clock.js";
import { encodeEvent, parseGatewayRequest, type ConsultEvent, type ConsultRequest, type RefundRequest } from "../consult/consult-message.js";
import { LedgerClient, type Payee } from "../ledger/call-ledger.js";
import { errorClassOf, type Log } from "../log-event.js";
import { LiveError, reasonOf, statusOf } from "../transport/live-error.js";
import type { ServerCertificate } from "../transport/make-certificate.js";
import { readBody } from "../transport/read-body.js";
import { serveProtocol, type LiveServer } from "../transport/serve-protocol.js";
import { askBackInstead, askedBackBy } from "./ask-back.js";
import { askTiers, type TierEndpoints } from "./ask-tiers.js";
import { EventRelease } from "./event-release.js";
import { makeGatewayKeys, signKeyConfigs } from "./gateway-keys.js";

/** How a gateway is run. */
export interface GatewayTask {
  readonly port: number;
  readonly certificate?: ServerCertificate;
  /** Private key that P-clients know the public half of. */
  readonly identity: KeyObject;
  readonly endpoints: TierEndpoints;
  readonly ledgerOrigin: string;
  readonly payees: Readonly<Record<AreaName, Payee>>;
  readonly largestRequestBytes: number;
  readonly bodyWithinMs: number;
  /** Chunks of answers are padded to a multiple of it. */
  readonly chunkBytes: number;
  /** The last event is padded to a multiple of it, whatever it is. */
  readonly endBytes: number;
  readonly strength: Strength;
  /** Chunks leave at this pace, filled ones where there is no text; 0: as they come. */
  readonly releaseMs: number;
  /** Chunks of an answer are filled up to a multiple of it. */
  readonly answerChunks: number;
  readonly answerTokens: number;
  readonly answerWithinMs: number;
  /** Experts answer with a question about the person. Left out: they do not. */
  readonly asksBack?: boolean;
  /** Takes what the operator of gateway and experts sees. */
  readonly seen?: Lines<ConsultedQuestion>;
}

/** Answers under way are bounded: more are refused at once. */
const MOST_AT_ONCE = 256;

/** Starts a gateway with a fresh key. */
export async function serveGateway(task: GatewayTask, log: Log): Promise<LiveServer> {
  const gateway = new Gateway(task, log), server = await serveProtocol((request, response) => gateway.answer(request, response), task.port, log, task.certificate);
  return { port: server.port, close: async () => { await server.close(); gateway.close(); task.seen?.close(); } };
}

/** An opened request and the stream of its answer. */
interface Opened { readonly content: Buffer; readonly requestBytes: number; readonly encapsulated: Buffer; readonly sealer: ChunkSealer }

/** When a sealed request had come, and how large it was. */
interface Arrived { readonly arrivedAtUs: number; readonly requestBytes: number }

class Gateway {
  private readonly keys: readonly GatewayKey[];
  private readonly ledger: LedgerClient;
  private readonly replays = new ReplayCache(nowS());
  /** Serials of tokens that are being served. */
  private readonly inWork = new Set<string>();
  private covers = 0;

  constructor(private readonly task: GatewayTask, private readonly log: Log) {
    this.keys = makeGatewayKeys(task.strength);
    this.ledger = new LedgerClient(task.ledgerOrigin);
  }

  close(): void { this.ledger.close(); }

  async answer(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    if (request.url === "/health") { response.writeHead(200).end("{}"); return; }
    if (request.url === "/keys") { response.writeHead(200, { "content-type": "application/octet-stream" }).end(signKeyConfigs(this.task.identity, this.keys)); return; }
    if (request.url !== "/gateway" || request.method !== "POST") throw new LiveError("not-found", "a request to the gateway", "be POST /gateway or GET /keys", "another", "Update the side that is behind.");
    if (request.headers["content-type"] !== MESSAGE_FORMS.chunked.requestMediaType) throw new LiveError("bad-request", "a sealed request", `be of type ${MESSAGE_FORMS.chunked.requestMediaType}`, "another", "Seal it in the chunked form.");
    const { content, requestBytes, encapsulated, sealer } = await this.open(request), arrivedAtUs = nowUs();
    response.writeHead(200, { "content-type": MESSAGE_FORMS.chunked.responseMediaType, "cache-control": "no-store" });
    const stop = AbortSignal.any([AbortSignal.timeout(this.task.answerWithinMs), goneSignal(response)]);
    const release = new EventRelease((event, isLast) => { response.write(sealer.next(encodeEvent(event, isLast ? this.task.endBytes : this.task.chunkBytes), isLast)); }, this.task.releaseMs, this.task.answerChunks);
    const send = (event: ConsultEvent, isLast: boolean): void => { release.push(event, isLast); };
    try {
      const { request: asked, sealedAtS } = parseGatewayRequest(content);
      this.replays.admit(encapsulated, sealedAtS, nowS());
      if (asked.kind === "consult") await this.consult(asked, { arrivedAtUs, requestBytes }, send, stop);
      else if (asked.kind === "cover") await this.cover(asked.plan, send, stop);
      else send({ refund: { signature: (await this.refund(asked, stop)).toString("base64url") } }, true);
    } catch (error) {
      const reason = reasonOf(error);
      this.log(reason === "bug" ? "failed" : "refused", { reason, ...(reason === "bug" ? { errorClass: errorClassOf(error) } : {}) });
      if (!response.stream.destroyed) send({ refused: { status: statusOf(reason), reason } }, true);
    }
    await release.done(stop);
    response.end();
  }

  private async open(request: Http2ServerRequest): Promise<Opened> {
    const body = await readBody(request, { largestBytes: this.task.largestRequestBytes, withinMs: this.task.bodyWithinMs }), reader = new RequestReader(this.keys);
    const content = Buffer.concat([...reader.push(body), reader.finish()]);
    return { content, requestBytes: body.length, encapsulated: reader.answer!.encapsulated, sealer: beginResponse(reader.answer!) };
  }

  private async consult({ area, question, maxTokens, token, claim }: ConsultRequest, { arrivedAtUs, requestBytes }: Arrived, send: (event: ConsultEvent, isLast: boolean) => void, signal: AbortSignal): Promise<void> {
    if (this.inWork.size >= MOST_AT_ONCE) throw new LiveError("busy", "answers under way", `number at most ${MOST_AT_ONCE}`, this.inWork.size + 1, "Ask again later.");
    const serial = serialOf(parseToken(token)), payee = this.task.payees[area];
    if (this.inWork.has(serial)) throw new LiveError("double-spent", "a token", "pay for one answer", "one that pays for another", "Take another token.");
    let answer = "";
    this.inWork.add(serial);
    try {
      const receipt = await this.ledger.redeem(payee, token, claim, signal);
      const tiers = askTiers(this.task.endpoints, area, { messages: [{ role: "user", content: question }], maxTokens: Math.min(maxTokens, this.task.answerTokens), signal });
      const askedBack = this.task.asksBack === true ? askedBackBy(area) : undefined, source = askedBack === undefined ? tiers : askBackInstead(askedBack, tiers);
      let step = await source.next();
      for (; step.done !== true; step = await source.next()) {
        answer += step.value;
        send({ text: step.value }, false);
      }
      await this.ledger.settle(payee, serial, signal);
      const { timings, tokens } = step.value;
      send({ end: { receipt: receipt.toString("base64url"), timings: { arrivedAtUs, ...timings }, tokens } }, true);
      this.log("served", { area, tokens: tokens.expertAnswer + tokens.generalAnswer, durationMs: Math.round((nowUs() - arrivedAtUs) / 1000) });
    } finally {
      this.task.seen?.write({ arrivedAtUs, area, requestBytes, serial, question, answer });
      this.inWork.delete(serial);
    }
  }

  /** Plays an answer that says nothing. */
  private async cover({ tokens, waitUs, tokenUs }: CoverPlan, send: (event: ConsultEvent, isLast: boolean) => void, signal: AbortSignal): Promise<void> {
    if (this.covers >= MOST_AT_ONCE) throw new LiveError("busy", "cover exchanges under way", `number at most ${MOST_AT_ONCE}`, this.covers + 1, "Ask again later.");
    this.covers++;
    try {
      await sleep(waitUs / 1000, undefined, { signal });
      for (let token = 0; token < Math.min(tokens, this.task.answerTokens); token++) {
        send({ text: "" }, false);
        await sleep(tokenUs / 1000, undefined, { signal });
      }
      send({ cover: true }, true);
      this.log("covered");
    } finally {
      this.covers--;
    }
  }

  /** Whoever holds the token may have its value back, unless it is being served or has been. */
  private async refund({ area, token, request }: RefundRequest, signal: AbortSignal): Promise<Buffer> {
    const serial = serialOf(parseToken(token));
    if (this.inWork.has(serial)) throw new LiveError("busy", "a token to refund", "not be in work", "one that is", "Wait for its answer.");
    return this.ledger.refund(this.task.payees[area], serial, parseTokenRequests(request, 1)[0]!, signal);
  }
}

function nowS(): number { return Math.floor(Date.now() / 1000); }

function goneSignal(response: Http2ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => { gone.abort(); });
  return gone.signal;
}
