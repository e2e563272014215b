/**
 * What an observer on the path between phone and first server can tell about each question: sizes, counts, instants and
 * the address, from the wire record alone.
 */
import { log2 } from "../../core/elementary.js";
import type { ColumnTable } from "../../records/column-table.js";
import type { FeatureTable } from "../attacks/attack.js";

/** What the path observer notes of one question. Sizes and durations are on a log scale; absent ones are `ABSENT`. */
export const NETWORK_FEATURES = [
  { name: "requestBytes", group: "size", meaning: "log2 (1 + bytes up)" },
  { name: "responseBytes", group: "size", meaning: "log2 (1 + bytes down)" },
  { name: "responseChunks", group: "size", meaning: "log2 (1 + records down)" },
  { name: "bytesPerChunk", group: "size", meaning: "log2 (1 + bytes per record down)" },
  { name: "duration", group: "timing", meaning: "log2 (1 + us from first byte up to last byte down)" },
  { name: "timeToFirstByte", group: "timing", meaning: "log2 (1 + us from first byte up to first byte down)" },
  { name: "meanGap", group: "timing", meaning: "log2 (1 + mean us between records down)" },
  { name: "sincePrevious", group: "timing", meaning: "log2 (1 + us since the previous question of the same address)" },
  { name: "hourOfDay", group: "timing", meaning: "hours since midnight of the simulated day, 0 to 24" },
  { name: "destination", group: "address", meaning: "server address as in the wire record" },
  { name: "isSilent", group: "size", meaning: "1 when nothing was sent" },
] as const;

/** Name of a feature. */
export type NetworkFeature = (typeof NETWORK_FEATURES)[number]["name"];

/** Names of all features. */
export const ALL_NETWORK_FEATURES: readonly NetworkFeature[] = NETWORK_FEATURES.map((feature) => feature.name);

/** Stands for a duration or ratio that does not exist. Below every real value. */
export const ABSENT = -1;

const US_PER_HOUR = 3_600_000_000;

/** Columns of the wire record, read once. */
type WireColumns = Readonly<Record<"clientId" | "destination" | "requestAtUs" | "requestBytes" | "responseBytes" | "responseChunks" | "firstResponseAtUs" | "lastResponseAtUs", ArrayLike<number>>>;

/**
 * Reduces wire rows to features.
 *
 * @param wire A table of `WIRE_SCHEMA`.
 * @param rows Row numbers, in order of (clientId, queryIndex), so that the row before is the address's previous question.
 * @param names Features to give, in this order. Leave some out to ask what the others tell.
 * @returns Shape [rows.length, names.length].
 */
export function observeNetwork(wire: ColumnTable, rows: Int32Array, names: readonly NetworkFeature[] = ALL_NETWORK_FEATURES): FeatureTable {
  const columns: WireColumns = {
    clientId: wire.column("clientId"), destination: wire.column("destination"), requestAtUs: wire.column("requestAtUs"),
    requestBytes: wire.column("requestBytes"), responseBytes: wire.column("responseBytes"), responseChunks: wire.column("responseChunks"),
    firstResponseAtUs: wire.column("firstResponseAtUs"), lastResponseAtUs: wire.column("lastResponseAtUs"),
  };
  const values = new Float64Array(rows.length * names.length);
  names.forEach((name, c) => {
    for (let i = 0; i < rows.length; i++) values[i * names.length + c] = observeFeature(name, columns, rows[i]!, i > 0 ? rows[i - 1]! : -1);
  });
  return { rowCount: rows.length, columnCount: names.length, values };
}

/** @param previous Row before, or -1. */
function observeFeature(name: NetworkFeature, columns: WireColumns, row: number, previous: number): number {
  const requestAtUs = columns.requestAtUs[row]!, firstAtUs = columns.firstResponseAtUs[row]!, lastAtUs = columns.lastResponseAtUs[row]!;
  const chunks = columns.responseChunks[row]!;
  switch (name) {
    case "requestBytes": return logScale(columns.requestBytes[row]!);
    case "responseBytes": return logScale(columns.responseBytes[row]!);
    case "responseChunks": return logScale(chunks);
    case "bytesPerChunk": return chunks > 0 ? logScale(columns.responseBytes[row]! / chunks) : ABSENT;
    case "duration": return logScale(lastAtUs - requestAtUs);
    case "timeToFirstByte": return logScale(firstAtUs - requestAtUs);
    case "meanGap": return chunks > 1 ? logScale((lastAtUs - firstAtUs) / (chunks - 1)) : ABSENT;
    case "sincePrevious": {
      const hasPrevious = previous >= 0 && columns.clientId[previous] === columns.clientId[row];
      return hasPrevious ? logScale(requestAtUs - columns.requestAtUs[previous]!) : ABSENT;
    }
    case "hourOfDay": return (requestAtUs / US_PER_HOUR) % 24;
    case "destination": return columns.destination[row]!;
    case "isSilent": return columns.requestBytes[row] === 0 ? 1 : 0;
    default: return name satisfies never;
  }
}

/** log2 (1 + value); `ABSENT` for NaN and for values below 0, which no observer can see. */
function logScale(value: number): number {
  return value >= 0 ? log2(1 + value) : ABSENT;
}
