/** The bundled font of figures: Inter by Rasmus Andersson, SIL Open Font License 1.1, from the package @fontsource/inter. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseWoff } from "./parse-woff.js";

const PACKAGE = "@fontsource/inter";
const WEIGHTS = [400, 700] as const;

/**
 * TrueType files of the bundled font, unpacked once into the system's temporary folder.
 *
 * @returns Paths; empty when the package is not installed, and then PNG files use the system's fonts.
 */
export function loadFontFiles(): readonly string[] {
  const folder = findPackage();
  return folder === undefined ? [] : WEIGHTS.map((weight) => unpackFont(folder, weight));
}

/**
 * The same font for web pages.
 *
 * @returns One CSS `@font-face` per weight with the font inside; empty when the package is not installed.
 */
export function loadFontFaces(): string {
  const folder = findPackage();
  if (folder === undefined) return "";
  return WEIGHTS.map((weight) => {
    const base64 = readFileSync(join(folder, "files", `inter-latin-${weight}-normal.woff2`)).toString("base64");
    return `@font-face { font-family: Inter; font-weight: ${weight}; font-display: swap; src: url(data:font/woff2;base64,${base64}) format("woff2"); }`;
  }).join("\n");
}

/** Path of the font as packed, WOFF 1.0; undefined when the package is not installed. */
export function findFont(weight: (typeof WEIGHTS)[number]): string | undefined {
  const folder = findPackage();
  return folder === undefined ? undefined : join(folder, "files", `inter-latin-${weight}-normal.woff`);
}

function findPackage(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`));
  } catch {
    return undefined;
  }
}

function unpackFont(folder: string, weight: number): string {
  const version = String((JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version?: unknown }).version);
  const target = join(tmpdir(), `plmm-font-inter-${version}-${process.getuid?.() ?? 0}`, `inter-${weight}.ttf`);
  if (existsSync(target)) return target;
  const woff = join(folder, "files", `inter-latin-${weight}-normal.woff`);
  mkdirSync(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}`;
  writeFileSync(temporary, parseWoff(readFileSync(woff), woff));
  renameSync(temporary, target);
  return target;
}
