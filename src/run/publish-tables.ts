/** Publishes an experiment that simulates no fleet: its data, tables and figures, sealed like every other's. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Figure } from "../report/figure.js";
import { renderSvg } from "../report/render-figure.js";
import { resultsFolder, sealResults, writeJson, writeJsonLines, writeText } from "./publish-results.js";

/** What is published. */
export interface PublishedTables {
  /** By name of the file without its ending; arrays are written one item a line. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Markdown by name. */
  readonly tables: Readonly<Record<string, string>>;
  readonly figures: readonly Figure[];
  /** Names of fields that hold times and sizes measured on the machine. */
  readonly measured?: readonly string[];
}

/** Writes and seals. Returns the folder, which is named by the sha256 of the data. */
export async function publishTables(experiment: string, { data, tables, figures, measured = [] }: PublishedTables): Promise<string> {
  const folder = resultsFolder(experiment, createHash("sha256").update(JSON.stringify(data)).digest("hex"));
  for (const [name, value] of Object.entries(data)) {
    const path = join(folder, `${name}.json`);
    if (Array.isArray(value)) writeJsonLines(path, value); else writeJson(path, value);
  }
  for (const [name, text] of Object.entries(tables)) writeText(join(folder, "tables", `${name}.md`), `${text.trimEnd()}\n`);
  for (const figure of figures) writeText(join(folder, "figures", `${figure.name}.svg`), await renderSvg(figure));
  sealResults(folder, { experiment, measured });
  return folder;
}
