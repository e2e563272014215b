/**
 * The page of a run in progress: progress, time left, failures, and what the finished cells show so far. The page is sent once; the
 * rest comes as server-sent events. It needs nothing from elsewhere, and its rules let it fetch nothing from elsewhere.
 */
import { createHash } from "node:crypto";
import { type CellFindings, summarizeCells } from "./aggregate.js";
import { FIGURE_NAMES, FIGURES } from "./figure-catalogue.js";
import { LIVE_SCRIPT } from "./live-script.js";
import { PAGE_STYLE } from "./page-style.js";
import { renderDefinitions, renderMetricTable } from "./page-tables.js";
import { escapeXml, renderSvg } from "./render-figure.js";
import { makeMetricTable } from "./table.js";
import { PAGE_THEME } from "./theme.js";

const SCRIPT_DIGEST = createHash("sha256").update(LIVE_SCRIPT).digest("base64");

/** Content security policy of the page: its own script, and events from its own server. */
export const LIVE_POLICY = `default-src 'none'; script-src 'sha256-${SCRIPT_DIGEST}'; style-src 'unsafe-inline'; font-src data:; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The page before its first event. */
export function renderLivePage(name: string, fontFaces: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeXml(name)}</title>
<style>${fontFaces}${PAGE_STYLE}
progress { width: 100%; height: 1.25rem; accent-color: var(--fig-series-0); }
[hidden] { display: none; }
</style>
</head>
<body>
<header>
<h1>${escapeXml(name)}</h1>
<progress id="bar" max="1" value="0" aria-label="Share of the work that is done"></progress>
<p id="line" class="lead" role="status">Waiting for the first look at the run.</p>
<p id="lost" class="warnings" role="alert" hidden></p>
<noscript><p class="warnings">This page shows a run in progress and needs its script. The same as data: <a href="state.json">state.json</a></p></noscript>
</header>
<main>
<section id="failed" hidden><h2>Failed cells</h2><div class="warnings"><ul id="failures"></ul></div></section>
<section><h2>Running now</h2><p id="running-none">Nothing.</p><ul id="running"></ul></section>
<section><h2>Scenarios</h2><div class="scroll" role="region" tabindex="0" aria-label="Scenarios"><table>
<thead><tr><th scope="col">Scenario</th><th scope="col">Finished</th><th scope="col">Failed</th></tr></thead><tbody id="scenarios"></tbody></table></div></section>
<section><h2>The five answers so far</h2><p class="muted">Of <span id="so-far">no finished cell</span>. <a href="report">The whole report of these</a></p><div id="answers"></div></section>
<section><h2>Figures so far</h2><div id="figures"></div></section>
<section><h2>Definitions</h2><details><summary>Show the definitions of all metrics</summary>${renderDefinitions()}</details></section>
</main>
<footer class="muted"><p>Made by plmm-lab. <a href="state.json">The state as JSON</a></p></footer>
<script>${LIVE_SCRIPT}</script>
</body>
</html>
`;
}

/** What the finished cells show, as markup. */
export interface LiveResults {
  readonly finished: number;
  readonly table: string;
  readonly figures: string;
}

/** Renders the headline table and every figure that the cells give. */
export async function renderLiveResults(cells: readonly CellFindings[]): Promise<LiveResults> {
  if (cells.length === 0) return { finished: 0, table: "", figures: "" };
  const summary = summarizeCells(cells);
  const figures = await Promise.all(FIGURE_NAMES.map(async (name) => {
    const figure = FIGURES[name].make(summary, PAGE_THEME);
    if (figure === undefined) return "";
    const svg = await renderSvg(figure, { words: "without-title", idPrefix: name });
    return `<figure><h3>${escapeXml(figure.title)}</h3><p class="muted">${escapeXml(figure.subtitle)}</p><div class="still">${svg}</div><figcaption>${escapeXml(figure.caption)}</figcaption></figure>`;
  }));
  return { finished: cells.length, table: renderMetricTable(makeMetricTable("five-answers", summary)), figures: figures.join("\n") };
}
