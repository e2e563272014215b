/** Tables and figures of published results, as the text of their files. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { CellFindings, Summary } from "../report/aggregate.js";
import { FIGURE_NAMES, FIGURES, type FigureName } from "../report/figure-catalogue.js";
import { renderSvg } from "../report/render-figure.js";
import { renderTable } from "../report/render-table.js";
import { makeMetricTable, makeTable, TABLE_NAMES, type TableName } from "../report/table.js";
import { LIGHT_THEME } from "../report/theme.js";
import { loadJson } from "./load-json.js";
import type { PublishedResults } from "./load-published.js";
import type { FleetRow } from "./measure-fleet.js";
import { renderPublishedTables } from "./render-published-tables.js";
import { renderScale } from "./render-scale.js";

/** A named table as it is published. `paired` needs the cells; without them it cannot be made. */
export function renderTableFile(name: TableName, summary: Summary, cells?: readonly CellFindings[]): string | undefined {
  if (name !== "paired") return `${renderTable(makeMetricTable(name, summary), "md")}\n`;
  return cells === undefined ? undefined : `${renderTable(makeTable("paired", cells), "md")}\n`;
}

/** A named figure as it is published; undefined when its metrics were not found. */
export async function renderFigureFile(name: FigureName, summary: Summary): Promise<string | undefined> {
  const figure = FIGURES[name].make(summary, LIGHT_THEME);
  return figure === undefined ? undefined : renderSvg(figure);
}

/**
 * Renders what lies in tables/ and figures/ of results again, from their findings.
 *
 * @returns Path with forward slashes to text. Files that cannot be made from what is published are left out.
 * @throws {DataError} when rows are of another form than this code's.
 */
export async function renderPublished(published: PublishedResults): Promise<ReadonlyMap<string, string>> {
  const { folder, summary, cells } = published;
  const rendered = new Map<string, string | undefined>();
  if (existsSync(join(folder, "figures", "scale.svg"))) await renderRowsOf(folder, rendered);
  if (summary === undefined) return new Map([...keepMade(rendered), ...await renderPublishedTables(folder)]);
  for (const name of namesIn(folder, "tables", ".md", TABLE_NAMES)) rendered.set(`tables/${name}.md`, renderTableFile(name, summary, cells));
  for (const name of namesIn(folder, "figures", ".svg", FIGURE_NAMES)) rendered.set(`figures/${name}.svg`, await renderFigureFile(name, summary));
  return keepMade(rendered);
}

const fleetRows: z.ZodType<readonly FleetRow[]> = z.array(z.strictObject({
  clients: z.number(), threads: z.number(), runs: z.number(), questions: z.number(), events: z.number(), setUpS: z.number(), wallS: z.number(), cpuS: z.number(),
  eventsPerS: z.number(), nsPerEvent: z.number(), busyFraction: z.number(), servingFraction: z.number(), rssBytes: z.number(), bytesPerIdleClient: z.number(),
  recordsSha256: z.string(),
}));

/** The scale experiment has rows in place of findings. */
async function renderRowsOf(folder: string, rendered: Map<string, string | undefined>): Promise<void> {
  const { table, svg } = await renderScale(loadJson(join(folder, "rows.json"), fleetRows));
  rendered.set("tables/scale.md", `${table}\n`).set("figures/scale.svg", svg);
}

function namesIn<Name extends string>(folder: string, part: string, ending: string, known: readonly Name[]): Name[] {
  const path = join(folder, part);
  const files = existsSync(path) ? readdirSync(path) : [];
  return known.filter((name) => files.includes(`${name}${ending}`));
}

function keepMade(rendered: ReadonlyMap<string, string | undefined>): ReadonlyMap<string, string> {
  return new Map([...rendered].flatMap(([path, text]) => text === undefined ? [] : [[path, text] as const]));
}

/** Whether a file of results holds this text. */
export function holdsText(folder: string, path: string, text: string): boolean {
  return existsSync(join(folder, path)) && readFileSync(join(folder, path), "utf8") === text;
}
