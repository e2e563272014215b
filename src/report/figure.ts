/** A figure before it is drawn: a Vega-Lite spec with the words around it. */
import { FONT_SIZES, themeConfig, type Theme } from "./theme.js";
import { wrapText } from "./text-width.js";

/** A Vega-Lite view without title and config. */
export type ViewSpec = Readonly<Record<string, unknown>>;

/** One figure in one theme. */
export interface Figure {
  readonly name: string;
  /** What is seen, as a sentence without a full stop. */
  readonly title: string;
  /** How to read it. */
  readonly subtitle: string;
  /** Definitions and sources. */
  readonly caption: string;
  /** What a person who cannot see the figure should know: the numbers. */
  readonly altText: string;
  readonly theme: Theme;
  readonly view: ViewSpec;
}

/** Width of the plotting area that figures start from, in pixels. */
export const PLOT_WIDTH = 640;
/** Height of the same. */
export const PLOT_HEIGHT = 400;

const SCHEMA_URL = "https://vega.github.io/schema/vega-lite/v6.json";

/**
 * The whole Vega-Lite spec of a figure.
 *
 * @param words With or without title and subtitle; a page that prints them as text leaves them out.
 */
export function assembleSpec(figure: Figure, words: "with-title" | "without-title" = "with-title"): Readonly<Record<string, unknown>> {
  const { view, theme, title, subtitle, altText, caption } = figure;
  const heading = {
    text: wrapText(title, PLOT_WIDTH + 40, FONT_SIZES.title, 700),
    subtitle: wrapText(subtitle, PLOT_WIDTH + 40, FONT_SIZES.subtitle),
  };
  return {
    $schema: SCHEMA_URL, description: altText, usermeta: { caption },
    ...(words === "with-title" ? { title: heading } : {}),
    ...view, config: themeConfig(theme),
  };
}
