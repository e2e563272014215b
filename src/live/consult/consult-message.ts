/**
 * What P and a gateway say to each other inside the sealing. A request is binary HTTP; an answer is a stream of events, one in each
 * chunk of chunked Oblivious HTTP, in place of the indeterminate-length form of RFC 9292. Zero bytes behind an event are padding.
 */
import { z } from "zod";
import { encodeBinaryRequest, parseBinaryRequest } from "../../protocol/binary-http.js";
import { dateField, sealedAtOf } from "../../protocol/request-date.js";
import { encodeCoverPlan, parseCoverPlan, type CoverPlan } from "../../protocol/shaping/cover-traffic.js";
import { ProtocolError } from "../../protocol/protocol-error.js";
import { AREA_NAMES, type AreaName } from "../../world/knowledge/knowledge-area.js";
import { LiveError } from "../transport/live-error.js";

/** A question to a tier, with what pays for it. */
export interface ConsultRequest {
  readonly kind: "consult";
  readonly area: AreaName;
  readonly question: string;
  readonly maxTokens: number;
  /** Payment token. */
  readonly token: Buffer;
  /** SHA-256 of a secret of the spender, in hex. */
  readonly claim: string;
}

/** Asks for the value of a token that bought no answer. */
export interface RefundRequest {
  readonly kind: "refund";
  readonly area: AreaName;
  readonly token: Buffer;
  /** Blinded message of the token to come. */
  readonly request: Buffer;
}

/** Asks for nothing: an answer that says nothing, of a length and at a pace. */
export interface CoverRequest { readonly kind: "cover"; readonly plan: CoverPlan }

/** What a gateway is asked. */
export type GatewayRequest = ConsultRequest | RefundRequest | CoverRequest;

const LARGEST_QUESTION = 4000;
/** Stands in the path of a cover request, which is for nobody. */
const COVER_AREA = "general" satisfies AreaName;
const PATH = /^\/(consult|refund|cover)\/([a-z]+)$/;
const base64 = z.string().max(4096).regex(/^[A-Za-z0-9_-]*$/);
const decoded = base64.transform((text) => Buffer.from(text, "base64url"));
const consultBody = z.strictObject({ question: z.string().min(1).max(LARGEST_QUESTION), maxTokens: z.int().positive().max(4096), token: decoded, claim: z.string().regex(/^[0-9a-f]{64}$/) });
const refundBody = z.strictObject({ token: decoded, request: decoded });

/** A request with the instant at which its sender sealed it, in seconds since 1970. */
export interface DatedRequest { readonly request: GatewayRequest; readonly sealedAtS: number }

/** @param step The size is padded to a multiple of it. */
export function encodeGatewayRequest(request: GatewayRequest, step: number, sealedAtS: number = Math.floor(Date.now() / 1000)): Buffer {
  const area = request.kind === "cover" ? COVER_AREA : request.area, content = contentOf(request);
  const head = { method: "POST", scheme: "https", authority: "gateway", path: `/${request.kind}/${area}`, fields: [["content-type", "application/json"], dateField(sealedAtS)] } as const;
  return padTo(encodeBinaryRequest({ ...head, content }), step);
}

function contentOf(request: GatewayRequest): Buffer {
  if (request.kind === "cover") return encodeCoverPlan(request.plan);
  const token = request.token.toString("base64url");
  const body = request.kind === "consult" ? { question: request.question, maxTokens: request.maxTokens, token, claim: request.claim } : { token, request: request.request.toString("base64url") };
  return Buffer.from(JSON.stringify(body));
}

/** @throws {ProtocolError} malformed; {LiveError} not-found for another path. */
export function parseGatewayRequest(bytes: Uint8Array): DatedRequest {
  const { method, path, fields, content } = parseBinaryRequest(bytes), sealedAtS = sealedAtOf(fields), [, kind, area] = PATH.exec(path) ?? [];
  if (method !== "POST" || kind === undefined || !(AREA_NAMES as readonly string[]).includes(area!)) throw new LiveError("not-found", "the path of a sealed request", `be /consult/, /refund/ or /cover/ and one of ${AREA_NAMES.join(", ")}`, "another", "Ask an area that the config has.");
  if (kind === "cover") return { request: { kind, plan: parseCoverPlan(content) }, sealedAtS };
  const text = content.toString("utf8"), where = { area: area as AreaName };
  const request: GatewayRequest = kind === "consult" ? { kind, ...where, ...parseInner(consultBody, text, "the content of a consult") } : { kind: "refund", ...where, ...parseInner(refundBody, text, "the content of a request for a refund") };
  return { request, sealedAtS };
}

const instant = z.number().nonnegative();
const timings = z.strictObject({ arrivedAtUs: instant, admittedAtUs: instant, firstTokenAtUs: instant, lastTokenAtUs: instant, consultedAtUs: instant.optional(), consultAnsweredAtUs: instant.optional() });
const tokenCounts = z.strictObject({ expertPrompt: z.int(), expertAnswer: z.int(), generalPrompt: z.int(), generalAnswer: z.int() });
const consultEvent = z.union([
  z.strictObject({ text: z.string() }),
  z.strictObject({ end: z.strictObject({ receipt: base64, timings, tokens: tokenCounts }) }),
  z.strictObject({ cover: z.literal(true) }),
  z.strictObject({ refund: z.strictObject({ signature: base64 }) }),
  z.strictObject({ refused: z.strictObject({ status: z.int(), reason: z.string().max(20) }) }),
]);

/** Part of an answer: text, the end with its receipt, the end of a cover exchange, a refund, or why there is none. */
export type ConsultEvent = z.output<typeof consultEvent>;
/** The end of an answer. Instants are microseconds since 1970. */
export type ConsultEnd = Extract<ConsultEvent, { end: unknown }>["end"];

/** @param step The size is padded to a multiple of it. */
export function encodeEvent(event: ConsultEvent, step: number): Buffer { return padTo(Buffer.from(JSON.stringify(event)), step); }

/** @throws {ProtocolError} malformed. */
export function parseEvent(bytes: Uint8Array): ConsultEvent {
  const own = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = own.length;
  while (end > 0 && own[end - 1] === 0) end--;
  return parseInner(consultEvent, own.toString("utf8", 0, end), "an event of an answer");
}

function parseInner<T>(schema: z.ZodType<T>, text: string, subject: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new ProtocolError("malformed", subject, "be as this version of the protocol has it", `${text.length} letters`, "Update the side that is behind.");
  }
}

function padTo(bytes: Buffer, step: number): Buffer {
  return Buffer.concat([bytes], Math.ceil(bytes.length / step) * step);
}
