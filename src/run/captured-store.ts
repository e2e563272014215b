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
const rowsForm = z.array(z.array(z.number().nullable()));
const capturedForm = z.object({ relay: rowsForm, gatewayLink: rowsForm, prompts: z.array(promptForm), askedBack: z.array(promptForm).optional(), payments: z.array(paymentForm) });

function fileOf(run: string): string { return join(run, "captured.json"); }

/** Stores views. @throws {DataError} when the folder cannot be written. */
export function writeCaptured(run: string, { relay, gatewayLink, ...views }: CapturedView): void {
  writeWhole(fileOf(run), Buffer.from(`${JSON.stringify({ relay: rowsOf(relay), gatewayLink: rowsOf(gatewayLink), ...views })}\n`));
}

/** Views of a run; undefined when nothing was captured. @throws {DataError} for a damaged file. */
export function loadCaptured(run: string): CapturedView | undefined {
  if (!existsSync(fileOf(run))) return undefined;
  const { relay, gatewayLink, askedBack, ...views } = loadJson(fileOf(run), capturedForm, "Capture again: plmm live load --capture DIR");
  return { relay: tableOf(relay), gatewayLink: tableOf(gatewayLink), ...views, ...(askedBack === undefined ? {} : { askedBack }) };
}

function rowsOf(table: ColumnTable): number[][] {
  const columns = RELAY_SCHEMA.columns.map(({ name }) => table.column(name));
  return Array.from({ length: table.rowCount }, (_, row) => columns.map((column) => column[row]!));
}

function tableOf(rows: z.output<typeof rowsForm>): ColumnTable {
  const table = new ColumnTable(RELAY_SCHEMA);
  for (const row of rows) table.appendRow(row.map((value) => value ?? NaN));
  return table;
}
