/** Writes the report page of a run, with everything that it needs inside. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { DataError } from "../core/errors.js";
import { loadFontFaces } from "./load-font.js";
import { renderPage } from "./render-page.js";
import type { ReportInput } from "./report-input.js";

/** Vega's parts as single files for browsers, beside the modules that Node loads. */
const BUNDLES = [["vega", "vega.min.js"], ["vega-lite", "vega-lite.min.js"], ["vega-embed", "vega-embed.min.js"]] as const;

/**
 * Writes one self-contained HTML file.
 *
 * @param input A stored run.
 * @throws {DataError} when the file cannot be written.
 */
export async function writeReport(input: ReportInput, path: string): Promise<void> {
  const page = await loadAndRenderPage(input);
  const temporary = join(dirname(path), `.writing-${process.pid}~${basename(path)}`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, page);
    renameSync(temporary, path);
  } catch (cause) {
    if (existsSync(temporary)) rmSync(temporary, { force: true });
    throw new DataError({
      subject: "the report", rule: "be written to a folder that exists and has room", got: cause instanceof Error ? cause.message : String(cause), where: path,
      hint: "Choose another file with: plmm report RUN -o FILE", cause,
    });
  }
}

/** The page as text. */
export function loadAndRenderPage(input: ReportInput): Promise<string> {
  return renderPage(input, { fontFaces: loadFontFaces(), bundles: loadBundles() });
}

function loadBundles(): [string, string, string] {
  const resolver = createRequire(import.meta.url);
  const load = ([name, file]: (typeof BUNDLES)[number]): string =>
    readFileSync(join(dirname(resolver.resolve(name)), file), "utf8").replace(/^\/\/# sourceMappingURL=.*$/m, "");
  return [load(BUNDLES[0]), load(BUNDLES[1]), load(BUNDLES[2])];
}
