/**
 * Cover traffic: exchanges that ask for nothing, shaped like those that do. The phone states inside the seal how long the answer shall
 * be and how it shall be paced; E answers with filled chunks. On the wire nothing tells them from real ones.
 */
import { invariant } from "../../core/errors.js";
import type { RandomStream } from "../../core/random-stream.js";
import type { WireShape } from "../message-sizes.js";
import { ProtocolError } from "../protocol-error.js";
import { ResponseShaper, type AnswerEnd, type PlainChunk } from "./response-shaper.js";

/** An answer that E plays: tokens of `bytesPerToken`, the first after `waitUs`, the others `tokenUs` apart. All integers. */
export interface CoverPlan { readonly tokens: number; readonly bytesPerToken: number; readonly waitUs: number; readonly tokenUs: number }

/** A chunk of a played answer and when it leaves, from the request's arrival on. */
export interface CoverChunk extends PlainChunk { readonly atUs: number }

const MARK = Buffer.from("cover\n");
const FIELD_BYTES = 4, FIELDS = ["tokens", "bytesPerToken", "waitUs", "tokenUs"] as const;
/** What a stranger may make E play: so many tokens, so large, for so long. */
const LARGEST: Readonly<CoverPlan> = { tokens: 8192, bytesPerToken: 64, waitUs: 60_000_000, tokenUs: 1_000_000 };
const LETTER = 0x2e;

/** Whether a question that P answers alone sends a cover exchange too. @param stream Consumes one draw. */
export function drawsCover(stream: RandomStream, coverFraction: number): boolean { return stream.nextUniform() < coverFraction; }

/** Instant of the next cover exchange of a Poisson process, for cover that does not depend on questions at all. */
export function nextCoverUs(stream: RandomStream, nowUs: number, perHour: number): number {
  invariant(perHour > 0, "send cover at a rate above 0", perHour);
  return nowUs + Math.ceil(stream.nextExponential() * 3_600_000_000 / perHour);
}

/** Content of a cover request. Padding makes it as large as a question. */
export function encodeCoverPlan(plan: CoverPlan): Buffer {
  const fields = Buffer.alloc(FIELDS.length * FIELD_BYTES);
  FIELDS.forEach((field, index) => fields.writeUInt32BE(plan[field], index * FIELD_BYTES));
  return Buffer.concat([MARK, fields]);
}

/** Whether content asks for cover. */
export function isCoverRequest(content: Uint8Array): boolean { return MARK.equals(content.subarray(0, MARK.length)); }

/** Reads a cover request; what follows it is filling. @throws {ProtocolError} malformed; oversized, for more than E plays. */
export function parseCoverPlan(content: Uint8Array): CoverPlan {
  const bytes = Buffer.from(content), fieldBytes = bytes.subarray(MARK.length, MARK.length + FIELDS.length * FIELD_BYTES);
  if (!isCoverRequest(bytes) || fieldBytes.length < FIELDS.length * FIELD_BYTES) throw new ProtocolError("malformed", "a cover request", "hold its mark and four numbers", bytes.length, "Encode it again.");
  const [tokens, bytesPerToken, waitUs, tokenUs] = FIELDS.map((_, index) => fieldBytes.readUInt32BE(index * FIELD_BYTES)) as [number, number, number, number];
  const plan: CoverPlan = { tokens, bytesPerToken, waitUs, tokenUs }, excess = FIELDS.find((field) => plan[field] > LARGEST[field]);
  if (excess !== undefined || tokens === 0 || bytesPerToken === 0) throw new ProtocolError("oversized", `${excess ?? "the size"} of a cover request`, `be at most ${excess === undefined ? "large, and above 0" : LARGEST[excess]}`, Object.values(plan), "Ask for less.");
  return plan;
}

/** The played answer. */
export function* playCover(shape: WireShape, { tokens, bytesPerToken, waitUs, tokenUs }: CoverPlan, end: AnswerEnd = "marked"): Generator<CoverChunk, void> {
  const shaper = new ResponseShaper(shape, end), token = String.fromCharCode(LETTER).repeat(bytesPerToken);
  for (let index = 0; index < tokens; index++) for (const chunk of shaper.push(token)) yield { ...chunk, atUs: waitUs + index * tokenUs };
  for (const chunk of shaper.finish()) yield { ...chunk, atUs: waitUs + (tokens - 1) * tokenUs };
}
