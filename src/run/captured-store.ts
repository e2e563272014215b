/** Keeps with a run what observers of a live system really had: RUN/captured.json, for the run's one cell. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { CapturedView } from "../privacy/observers/captured-view.js";
import { ColumnTable } from "../records/column-table.js";
import { RELAY_SCHEMA } from "../records/relay-record.js";
import { ATTRIBUTE_IDS } from "../world/people/attributes.js";
import { loadJson } from "./load-json.js";
import { writeWhole } from "./write-cell.js";

const instant = z.number(), place = z.int();
const promptForm = z.object({
  record: z.object({ sender: place, receivedAtUs: instant, tier: place, text: z.string(), requestBytes: z.int() }), clientId: place, queryIndex: place, original: z.string(),
  secrets: z.array(z.object({ attribute: z.enum(ATTRIBUTE_IDS), value: z.string(), isHidden: z.boolean() })), isAnswerable: z.boolean(), answer: z.string(), chunkBytes: z.array(z.int()),
});
const paymentForm = z.object({ record: z.object({ bookedAtUs: instant, account: place, payee: place, amount: z.int() }), clientId: place, purchase: place });
/** Rows in the order of `RELAY_SCHEMA`; a missing instant is null. */
const capturedForm = z.object({ relay: z.array(z.array(z.number().nullable())), prompts: z.array(promptForm), payments: z.array(paymentForm) });

function fileOf(run: string): string { return join(run, "captured.json"); }

/** Stores views. @throws {DataError} when the folder cannot be written. */
export function writeCaptured(run: string, { relay, prompts, payments }: CapturedView): void {
  const columns = RELAY_SCHEMA.columns.map(({ name }) => relay.column(name)), rows = Array.from({ length: relay.rowCount }, (_, row) => columns.map((column) => column[row]!));
  writeWhole(fileOf(run), Buffer.from(`${JSON.stringify({ relay: rows, prompts, payments })}\n`));
}

/** Views of a run; undefined when nothing was captured. @throws {DataError} for a damaged file. */
export function loadCaptured(run: string): CapturedView | undefined {
  if (!existsSync(fileOf(run))) return undefined;
  const { relay: rows, ...views } = loadJson(fileOf(run), capturedForm, "Capture again: plmm live load --capture DIR"), relay = new ColumnTable(RELAY_SCHEMA);
  for (const row of rows) relay.appendRow(row.map((value) => value ?? NaN));
  return { relay, ...views };
}
