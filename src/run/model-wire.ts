/**
 * What the simulator's path observer would have had of questions that were asked live: sizes by the arithmetic of message sizes from the
 * tokens that tiers really read and made, instants of the tiers without links. Beside captured bytes it tells what the simulator leaves out.
 */
import type { Scenario } from "../config/scenario-schema.js";
import { compileWireShape, requestWireBytes, responseChunks, responseWireBytes, type WireShape } from "../protocol/message-sizes.js";
import { ColumnTable } from "../records/column-table.js";
import type { RunRecords } from "../records/run-records.js";
import { WIRE_SCHEMA } from "../records/wire-record.js";
import { joinQuestions } from "../privacy/join-truth.js";

/** Tokens and instants of an exchange. Microseconds since the start of the run. */
interface Exchange { readonly promptTokens: number; readonly answerTokens: number; readonly sentAtUs: number; readonly arrivedAtUs: number; readonly firstAtUs: number; readonly lastAtUs: number }

/** An exchange of cover before the client had a real one to be like. Tokens, microseconds. */
const FIRST_COVER = { promptTokens: 24, answerTokens: 4, waitUs: 100_000, spanUs: 60_000 };
const RELAY = 0, NONE = -1;

/** The wire table of the same questions, with the same keys in the same order. Cover, where the protocol has it, is like the client's exchange before. */
export function modelWire(records: RunRecords, protocol: Scenario["protocol"]): ColumnTable {
  const { request, wire } = records, modelled = new ColumnTable(WIRE_SCHEMA), shape = compileWireShape(protocol), exchanges = exchangesOf(records);
  const clients = request.column("clientId"), queries = request.column("queryIndex"), decidedAtUs = request.column("decidedAtUs"), usedAtUs = wire.column("requestAtUs"), lastOf = new Map<number, Exchange>();
  exchanges.forEach((real, row) => {
    const clientId = clients[row]!, exchange = real ?? (protocol.coverFraction > 0 && !Number.isNaN(decidedAtUs[row]!) ? coverLike(lastOf.get(clientId), decidedAtUs[row]!) : undefined);
    if (real !== undefined) lastOf.set(clientId, real);
    modelled.appendRow([clientId, queries[row]!, ...(exchange === undefined ? [NONE, usedAtUs[row]!, 0, 0, 0, NaN, NaN] : wireOf(exchange, shape, protocol))]);
  });
  return modelled;
}

/** Real exchanges, row by row of the request table; undefined where none was had or its answer did not come. */
function exchangesOf({ request, usage }: RunRecords): (Exchange | undefined)[] {
  const rows = Int32Array.from({ length: request.rowCount }, (_, row) => row), usageRows = joinQuestions(request, usage, rows);
  const at = (name: string, row: number): number => request.column(name)[row]!, used = (name: string, row: number): number => usage.column(name)[usageRows[row]!]!;
  return [...rows].map((row) => {
    const promptTokens = used("expertPromptTokens", row) || used("generalPromptTokens", row), answerTokens = used("generalAnswerTokens", row) || used("expertAnswerTokens", row), lastAtUs = at("tierLastTokenAtUs", row);
    if (promptTokens === 0 || Number.isNaN(lastAtUs)) return undefined;
    return { promptTokens, answerTokens, sentAtUs: at("sealedAtUs", row), arrivedAtUs: at("arrivedAtUs", row), firstAtUs: at("tierFirstTokenAtUs", row), lastAtUs };
  });
}

function coverLike(real: Exchange | undefined, atUs: number): Exchange {
  const { promptTokens, answerTokens } = real ?? FIRST_COVER, waitUs = real === undefined ? FIRST_COVER.waitUs : real.firstAtUs - real.sentAtUs, spanUs = real === undefined ? FIRST_COVER.spanUs : real.lastAtUs - real.firstAtUs;
  const upUs = real === undefined ? 0 : real.arrivedAtUs - real.sentAtUs;
  return { promptTokens, answerTokens, sentAtUs: atUs, arrivedAtUs: atUs + upUs, firstAtUs: atUs + waitUs, lastAtUs: atUs + waitUs + spanUs };
}

/** Columns from `destination` on. */
function wireOf({ promptTokens, answerTokens, sentAtUs, arrivedAtUs, firstAtUs, lastAtUs }: Exchange, shape: WireShape, protocol: Scenario["protocol"]): number[] {
  const periodUs = protocol.releaseIntervalS * 1e6, beat = (atUs: number): number => periodUs > 0 ? arrivedAtUs + Math.ceil((atUs - arrivedAtUs) / periodUs) * periodUs : atUs;
  const requestBytes = requestWireBytes(shape, promptTokens, protocol.bytesPerToken), responseBytes = responseWireBytes(shape, answerTokens, protocol.bytesPerToken), chunks = responseChunks(shape, answerTokens, protocol.bytesPerToken);
  // As in the simulator, the last cell leaves one interval after each cell before it.
  const lastCellAtUs = beat(firstAtUs) + (Math.ceil(chunks / shape.cellRecords) - 1) * periodUs;
  return [RELAY, sentAtUs, requestBytes, responseBytes, chunks, beat(firstAtUs), Math.max(beat(lastAtUs), lastCellAtUs)];
}
