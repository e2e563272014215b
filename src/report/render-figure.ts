/** Figures as SVG text and PNG bytes, without a browser. The same figure gives the same bytes on every machine. */
import { Resvg } from "@resvg/resvg-js";
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { BugError } from "../core/errors.js";
import { assembleSpec, type Figure } from "./figure.js";
import { loadFontFiles } from "./load-font.js";
import { textWidth, wrapText } from "./text-width.js";
import { FONT_FAMILY, FONT_SIZES } from "./theme.js";

/** How a figure is drawn. */
export interface RenderOptions {
  /** Title, subtitle and caption in the picture. Default: with. */
  readonly words?: "with-title" | "without-title";
  /** Put before ids inside the SVG, so that several fit on one page. */
  readonly idPrefix?: string;
}

const CAPTION_LINE = 16;
const CAPTION_SIDE = 12;
/** Pixels of PNG per pixel of SVG. */
const PNG_ZOOM = 2;

/**
 * Draws a figure.
 *
 * @returns SVG text with role, title and description for screen readers.
 */
export async function renderSvg(figure: Figure, options: RenderOptions = {}): Promise<string> {
  const { words = "with-title", idPrefix = "" } = options;
  measureTextByTable();
  const { spec } = compile(assembleSpec(figure, words) as unknown as TopLevelSpec, { logger: throwingLogger(figure.name) });
  vega.resetSVGDefIds();
  const view = new vega.View(vega.parse(spec), { renderer: "none", logger: throwingLogger(figure.name) });
  const svg = await view.toSVG();
  view.finalize();
  const labelled = labelForReaders(svg, figure);
  const captioned = words === "with-title" ? appendCaption(labelled, figure) : labelled;
  return idPrefix === "" ? captioned : captioned.replace(/(id="|url\(#|href="#)(clip|gradient)/g, `$1${idPrefix}-$2`);
}

/** Draws SVG as PNG at twice the size, with the bundled font. */
export function renderPng(svg: string): Uint8Array {
  const fontFiles = loadFontFiles();
  const resvg = new Resvg(svg, {
    fitTo: { mode: "zoom", value: PNG_ZOOM },
    font: { fontFiles: [...fontFiles], loadSystemFonts: fontFiles.length === 0, defaultFontFamily: "Inter", sansSerifFamily: fontFiles.length === 0 ? "DejaVu Sans" : "Inter" },
  });
  return resvg.render().asPng();
}

/** Makes Vega measure text by the table of the bundled font; it would guess 0.8 of the font size per character. */
function measureTextByTable(): void {
  const metrics = (vega as unknown as { textMetrics: { width: (item: TextItem, text?: unknown) => number } }).textMetrics;
  metrics.width = (item, text) => {
    const lines = Array.isArray(text) ? text : [text ?? item.text];
    return Math.max(...lines.map((line) => textWidth(String(line ?? ""), item.fontSize ?? 11, weightOf(item.fontWeight))));
  };
}

interface TextItem { readonly text?: unknown; readonly fontSize?: number; readonly fontWeight?: number | string }

function weightOf(weight: number | string | undefined): number {
  return weight === "bold" ? 700 : Number(weight) || 400;
}

/** A warning of Vega means a spec of ours that is not as meant. */
function throwingLogger(name: string): vega.LoggerInterface {
  const fail = (...args: readonly unknown[]): never => {
    throw new BugError({ subject: `figure ${name}`, rule: "be a spec without warnings", got: args.map(String).join(" "), hint: "This is a bug in src/report/figures." });
  };
  const logger: vega.LoggerInterface = { level: () => logger, error: fail, warn: fail, info: () => logger, debug: () => logger };
  return logger;
}

function labelForReaders(svg: string, { name, title, altText }: Figure): string {
  const head = `<title id="${name}-title">${escapeXml(title)}</title><desc id="${name}-desc">${escapeXml(altText)}</desc>`;
  return svg.replace(/<svg ([^>]*)>/, (_, attributes: string) =>
    `<svg ${attributes.replace('class="marks"', `class="figure" role="img" aria-labelledby="${name}-title ${name}-desc"`)}>${head}`);
}

/** Adds the caption below the picture and makes room for it. */
function appendCaption(svg: string, { caption, theme }: Figure): string {
  const size = /width="([\d.]+)" height="([\d.]+)" viewBox="0 0 [\d.]+ [\d.]+"/.exec(svg);
  if (size === null || caption === "") return svg;
  const width = Number(size[1]), height = Number(size[2]);
  const lines = wrapText(caption, width - 2 * CAPTION_SIDE, FONT_SIZES.caption);
  const fullHeight = height + lines.length * CAPTION_LINE + CAPTION_SIDE;
  const text = lines.map((line, i) => `<text x="${CAPTION_SIDE}" y="${height + (i + 1) * CAPTION_LINE - 4}">${escapeXml(line)}</text>`).join("");
  const group = `<g font-family="${FONT_FAMILY}" font-size="${FONT_SIZES.caption}px" fill="${theme.mutedInk}">${text}</g>`;
  return svg.replace(size[0], `width="${width}" height="${fullHeight}" viewBox="0 0 ${width} ${fullHeight}"`)
    .replace(/(<rect width="[\d.]+" height=")[\d.]+("[^>]*>)/, (_, before: string, after: string) => `${before}${fullHeight}${after}`)
    .replace(/<\/svg>\s*$/, `${group}</svg>`);
}

/** Text for XML and HTML, quotes included. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
