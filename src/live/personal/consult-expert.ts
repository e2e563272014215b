/** A consult as P-clients send it: sealed to the gateway, carried by the relay, paid with a blind token. */
import type { KeyObject } from "node:crypto";
import { beginRequest, ResponseReader } from "../../protocol/ohttp/oblivious-stream.js";
import { chooseConfig, type Strength } from "../../protocol/ohttp/choose-config.js";
import type { KeyConfig } from "../../protocol/ohttp/key-config.js";
import { MESSAGE_FORMS } from "../../protocol/ohttp/request-head.js";
import type { Profile } from "../../protocol/redaction/find-spans.js";
import { PseudonymTable } from "../../protocol/redaction/pseudonyms.js";
import { redact, type RedactionTerms } from "../../protocol/redaction/redact.js";
import type { CoverPlan } from "../../protocol/shaping/cover-traffic.js";
import { RestoreStream } from "../../protocol/redaction/restore-stream.js";
import { openReceipt } from "../../protocol/tokens/receipt.js";
import { encodeToken, serialOf } from "../../protocol/tokens/token.js";
import { forgedMessage, ProtocolError } from "../../protocol/protocol-error.js";
import type { AreaName } from "../../world/knowledge/knowledge-area.js";
import { nowUs } from "../clock.js";
import { encodeGatewayRequest, parseEvent, type ConsultEnd, type ConsultEvent, type GatewayRequest } from "../consult/consult-message.js";
import { openKeyConfigs } from "../gateway/gateway-keys.js";
import type { ProtocolClient } from "../transport/call-protocol.js";
import { errorOfStatus, LiveError } from "../transport/live-error.js";
import { CLIENT_HEADER } from "../relay/serve-relay.js";
import type { Purse, Spend } from "./purse.js";

/** How one client reaches the gateway. */
export interface ConsultRoute {
  readonly relay: ProtocolClient;
  /** Stands for the client's address at the relay. */
  readonly clientId: number;
  /** Public half of the gateway's identity. */
  readonly gatewayIdentity: KeyObject;
  /** Requests are padded to a multiple of it. */
  readonly requestBytes: number;
  /** Values that say who somebody is: an expert gets a pseudonym in their place. */
  readonly profile: Profile;
  /** Weaker key exchanges are refused. */
  readonly leastStrength: Strength;
  readonly answerTokens: number;
}

/** How a consult went. Instants are microseconds since 1970. */
export interface ConsultOutcome extends ConsultEnd {
  readonly sealedAtUs: number;
  readonly openedAtUs: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** Account that bought the token: known to P and the ledger, told to nobody else. */
  readonly account: string;
}

/** What an expert is asked about bears names too; who asks is told by the profile, and by forms that no drug or bank has. */
const KEPT: NonNullable<RedactionTerms["treatments"]> = { PERSON: "keep", TITLE: "keep", NRP: "keep", GPE: "keep", ORGANIZATION: "keep", MONEY: "keep", AGE: "keep", DATE_TIME: "keep" };

/** A question as a tier gets it: with pseudonyms for who asks. */
export function leastQuestion(question: string, profile: Profile, table: PseudonymTable): string { return redact(question, { table, profile, treatments: KEPT }).text; }

/** Cover before there was anything to be like. Microseconds. */
const FIRST_COVER: CoverPlan = { tokens: 4, bytesPerToken: 4, waitUs: 100_000, tokenUs: 20_000 };
/** Bounds of what a tier says about its pace, which it could have made up. Microseconds. */
const LONGEST_WAIT_US = 10_000_000, SLOWEST_TOKEN_US = 500_000;

/** A cover exchange of the length and pace of a real answer. */
function planLike({ tokens: { expertAnswer, generalAnswer }, timings: { arrivedAtUs, firstTokenAtUs, lastTokenAtUs } }: ConsultEnd): CoverPlan {
  const tokens = Math.max(1, expertAnswer + generalAnswer), within = (us: number, most: number): number => Math.round(Math.min(most, Math.max(0, us)));
  return { tokens, bytesPerToken: FIRST_COVER.bytesPerToken, waitUs: within(firstTokenAtUs - arrivedAtUs, LONGEST_WAIT_US), tokenUs: within((lastTokenAtUs - firstTokenAtUs) / Math.max(1, tokens - 1), SLOWEST_TOKEN_US) };
}

/** Consults of one client. */
export class Consults {
  private keys: Promise<KeyConfig> | undefined;
  private readonly inWork = new Set<Spend>();
  /** What a cover exchange looks like: the last real one. */
  private played: CoverPlan = FIRST_COVER;

  constructor(private readonly route: ConsultRoute, private readonly purse: Purse) {}

  /** Gets back what consults that failed have cost, as far as it can be had now. */
  async recover(signal: AbortSignal): Promise<void> {
    await this.purse.recover((area, token, request, stop) => this.refund(area, token, request, stop), (spend) => this.inWork.has(spend), signal);
  }

  /** Asks a tier. Yields text as it comes. @throws {LiveError} unreachable, deadline or what the gateway refused for; {ProtocolError} for answers that are not genuine. */
  async *consult(area: AreaName, question: string, signal: AbortSignal): AsyncGenerator<string, ConsultOutcome> {
    const spend = await this.purse.take(area, signal);
    this.inWork.add(spend);
    try {
      return yield* this.spendOn(spend, question, signal);
    } finally {
      this.inWork.delete(spend);
    }
  }

  /** Sends an exchange that asks for nothing, and takes its answer. @throws as `consult`. */
  async cover(signal: AbortSignal): Promise<void> {
    for await (const event of this.exchange({ kind: "cover", plan: this.played }, signal)) if ("refused" in event) throw refusedWith(event.refused.reason);
  }

  private async *spendOn(spend: Spend, question: string, signal: AbortSignal): AsyncGenerator<string, ConsultOutcome> {
    const { area } = spend, token = encodeToken(spend.token), table = new PseudonymTable(), restore = new RestoreStream(table);
    const least = leastQuestion(question, this.route.profile, table);
    const exchange = this.exchange({ kind: "consult", area, question: least, maxTokens: this.route.answerTokens, token, claim: spend.claim }, signal);
    let step = await exchange.next();
    for (; step.done !== true; step = await exchange.next()) {
      if ("text" in step.value) yield* unlessEmpty(restore.push(step.value.text));
      else if ("refused" in step.value) throw refusedWith(step.value.refused.reason);
      else if ("end" in step.value) {
        this.requireReceipt(step.value.end.receipt, serialOf(spend.token), spend.claim, area);
        this.purse.confirm(spend);
        yield* unlessEmpty(restore.finish());
        const end = step.value.end, { done, value: sizes } = await exchange.next();
        if (done !== true) continue;
        this.played = planLike(end);
        return { ...end, ...sizes, account: this.purse.accountName };
      }
    }
    throw new ProtocolError("truncated", "an answer", "end with its receipt", "an end without", "Ask again.");
  }

  private async refund(area: AreaName, token: Buffer, request: Buffer, signal: AbortSignal): Promise<Buffer> {
    for await (const event of this.exchange({ kind: "refund", area, token, request }, signal)) {
      if ("refund" in event) return Buffer.from(event.refund.signature, "base64url");
      if ("refused" in event) throw refusedWith(event.refused.reason);
    }
    throw new ProtocolError("truncated", "a refund", "hold a signature", "none", "Ask again.");
  }

  /** One sealed request and the events of its answer. A gateway that was started anew has another key: then once more with that. */
  private async *exchange(request: GatewayRequest, signal: AbortSignal): AsyncGenerator<ConsultEvent, Pick<ConsultOutcome, "sealedAtUs" | "openedAtUs" | "requestBytes" | "responseBytes">> {
    const { relay, clientId, requestBytes } = this.route, content = encodeGatewayRequest(request, requestBytes);
    for (let attempt = 0; ; attempt++) {
      const { sealer, answer } = beginRequest(await this.findKeys(signal)), body = sealer.next(content, true), sealedAtUs = nowUs();
      const reply = await relay.call({ path: "/gateway", body, signal, headers: { "content-type": MESSAGE_FORMS.chunked.requestMediaType, [CLIENT_HEADER]: String(clientId) } });
      if (reply.status !== 200) {
        for await (const _ of reply.body) { /* read to its end, so that the stream is free */ }
        this.keys = undefined;
        if (reply.status === 422 && attempt === 0) continue;
        throw errorOfStatus(reply.status, "the gateway");
      }
      const reader = new ResponseReader(answer);
      let responseBytes = 0, openedAtUs = NaN;
      for await (const piece of reply.body) {
        responseBytes += piece.length;
        for (const chunk of reader.push(piece)) {
          if (Number.isNaN(openedAtUs)) openedAtUs = nowUs();
          yield parseEvent(chunk);
        }
      }
      yield parseEvent(reader.finish());
      return { sealedAtUs, openedAtUs: Number.isNaN(openedAtUs) ? nowUs() : openedAtUs, requestBytes: body.length, responseBytes };
    }
  }

  private findKeys(signal: AbortSignal): Promise<KeyConfig> {
    this.keys ??= this.fetchKeys(signal).catch((error: unknown) => {
      this.keys = undefined;
      throw error;
    });
    return this.keys;
  }

  private async fetchKeys(signal: AbortSignal): Promise<KeyConfig> {
    const { status, bytes } = await this.route.relay.fetch({ path: "/keys", method: "GET", signal, headers: { [CLIENT_HEADER]: String(this.route.clientId) } });
    if (status !== 200) throw errorOfStatus(status, "the relay");
    return chooseConfig(openKeyConfigs(this.route.gatewayIdentity, bytes), this.route.leastStrength);
  }

  private requireReceipt(receipt: string, serial: string, claim: string, area: AreaName): void {
    const found = openReceipt(this.purse.receiptKey(), Buffer.from(receipt, "base64url"));
    if (found.serial !== serial || found.claim !== claim || found.payee !== area) throw forgedMessage("a receipt");
  }
}

function* unlessEmpty(text: string): Generator<string, void> { if (text !== "") yield text; }

function refusedWith(reason: string): LiveError {
  const known = ["busy", "deadline", "upstream", "unreachable", "double-spent", "unpaid", "not-found"] as const;
  return new LiveError(known.find((each) => each === reason) ?? "upstream", "the gateway", "answer a consult", reason, "P answers by itself; ask again later.");
}
