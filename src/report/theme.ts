/**
 * The house style of every figure: one font, three sizes, thin grid, and colours that people with colour-blindness tell apart
 * (first six: Okabe and Ito 2008, darkened for white paper or lightened for dark; the rest chosen by lightness between them).
 */

/** Colours of one variant. Values go into SVG as they are, so a variant may use CSS variables. */
export interface Theme {
  readonly name: "light" | "dark" | "page";
  readonly background: string;
  readonly ink: string;
  readonly mutedInk: string;
  readonly grid: string;
  /** Colours of series, by slot. */
  readonly series: readonly string[];
}

const LIGHT_SERIES = ["#0072b2", "#d55e00", "#00875f", "#b04a93", "#3a9bd0", "#b07a00", "#6b7280", "#4c3fae", "#76830a", "#8a4b32"] as const;
const DARK_SERIES = ["#4aa8e0", "#f48b45", "#35c79a", "#dd8cc6", "#8fd0f5", "#e8b94c", "#a3abb8", "#a097f5", "#bcca42", "#cf9273"] as const;

/** For white paper. */
export const LIGHT_THEME: Theme = { name: "light", background: "#ffffff", ink: "#1b1f24", mutedInk: "#59636e", grid: "#e4e7eb", series: LIGHT_SERIES };

/** For dark screens. */
export const DARK_THEME: Theme = { name: "dark", background: "#14181d", ink: "#e8ebef", mutedInk: "#a3adb8", grid: "#2c333b", series: DARK_SERIES };

/** For a web page that sets the variables of `themeVariables`: the figure follows the page from light to dark. */
export const PAGE_THEME: Theme = {
  name: "page", background: "var(--fig-background)", ink: "var(--fig-ink)", mutedInk: "var(--fig-muted)", grid: "var(--fig-grid)",
  series: LIGHT_SERIES.map((_, slot) => `var(--fig-series-${slot})`),
};

/** CSS declarations that give `PAGE_THEME` the colours of a variant. */
export function themeVariables({ background, ink, mutedInk, grid, series }: Theme): string {
  const named = { background, ink, muted: mutedInk, grid };
  return [...Object.entries(named).map(([name, colour]) => `--fig-${name}: ${colour};`),
    ...series.map((colour, slot) => `--fig-series-${slot}: ${colour};`)].join(" ");
}

/** Fonts of figures, first choice first. */
export const FONT_FAMILY = "Inter, 'Helvetica Neue', Arial, sans-serif";
/** Pixels. */
export const FONT_SIZES = { title: 17, subtitle: 13, label: 12.5, caption: 11.5 } as const;

/** The slot of each routing policy, so that a policy has one colour in all figures. */
const POLICY_SLOTS: readonly string[] = ["cascade", "t-only", "p-only", "always-expert", "deadline", "battery", "oracle", "bandit", "money-budget", "privacy-budget"];

/**
 * One colour per name: policies have their own; other names take the free slots in order, and share when there are more than ten.
 *
 * @returns Colours in the order of the names.
 */
export function assignColours(names: readonly string[], theme: Theme): readonly string[] {
  const taken = new Set(names.map((name) => POLICY_SLOTS.indexOf(name)).filter((slot) => slot >= 0));
  const free = theme.series.map((_, slot) => slot).filter((slot) => !taken.has(slot));
  let next = 0;
  return names.map((name) => {
    const slot = POLICY_SLOTS.indexOf(name);
    const chosen = slot >= 0 ? slot : free[next++ % Math.max(1, free.length)] ?? 0;
    return theme.series[chosen % theme.series.length]!;
  });
}

/** Vega-Lite config of a variant. */
export function themeConfig({ background, ink, mutedInk, grid }: Theme): Readonly<Record<string, unknown>> {
  return {
    background, font: FONT_FAMILY, padding: { left: 12, right: 16, top: 12, bottom: 12 },
    view: { stroke: null },
    title: { anchor: "start", frame: "group", color: ink, fontSize: FONT_SIZES.title, fontWeight: 700, subtitleColor: mutedInk, subtitleFontSize: FONT_SIZES.subtitle, subtitlePadding: 6, offset: 16, lineHeight: 22, subtitleLineHeight: 18 },
    axis: {
      labelColor: mutedInk, labelFontSize: FONT_SIZES.label, titleColor: ink, titleFontSize: FONT_SIZES.label, titleFontWeight: 400, titlePadding: 10,
      gridColor: grid, gridWidth: 1, domain: false, ticks: false, labelPadding: 6,
    },
    axisX: { grid: true, labelFlush: false }, axisY: { grid: true },
    legend: { labelColor: ink, labelFontSize: FONT_SIZES.label, titleColor: mutedInk, titleFontSize: FONT_SIZES.label, titleFontWeight: 400, symbolSize: 110, symbolOpacity: 1, rowPadding: 5, columnPadding: 18, labelLimit: 260 },
    text: { color: ink, fontSize: FONT_SIZES.label, font: FONT_FAMILY },
  };
}
