/** plmm plot: a figure of a run as SVG, PNG or Vega-Lite spec. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { Argv, CommandModule } from "yargs";
import { ConfigError, DataError } from "../../core/errors.js";
import { METRICS } from "../../metrics/metric-catalogue.js";
import { summarizeCells } from "../../report/aggregate.js";
import { assembleSpec, type Figure } from "../../report/figure.js";
import { FIGURE_NAMES, FIGURES, type FigureName } from "../../report/figure-catalogue.js";
import { makeMetricFigure } from "../../report/figures/metric-figure.js";
import { makeScale } from "../../report/figures/scale.js";
import { renderPng, renderSvg } from "../../report/render-figure.js";
import { DARK_THEME, LIGHT_THEME, type Theme } from "../../report/theme.js";
import { findRun } from "../../run/load-cells.js";
import { loadFinishedRun } from "../../run/load-finished-run.js";
import { writeWhole } from "../../run/write-cell.js";

const PLOT_NAMES: readonly (FigureName | "metric" | "scale")[] = [...FIGURE_NAMES, "metric", "scale"];
const PLOT_FORMATS = ["svg", "png", "vega"] as const;
const FILE_ENDINGS = { svg: "svg", png: "png", vega: "vl.json" } as const;

interface PlotArguments {
  readonly name: FigureName | "metric" | "scale";
  readonly run?: string;
  readonly format: (typeof PLOT_FORMATS)[number];
  readonly out?: string;
  readonly theme: "light" | "dark";
  readonly metric?: string;
  readonly axis?: string;
  readonly rows?: string;
}

/** The plot command. */
export const command: CommandModule<object, PlotArguments> = {
  command: "plot <name>",
  describe: "Draw a figure of a run",
  builder: (parser: Argv) => parser
    .positional("name", { choices: PLOT_NAMES, demandOption: true, describe: "Which figure; metric draws any metric, scale draws rows of the scale experiment" })
    .option("run", { type: "string", describe: "Run folder", defaultDescription: "the newest below out/" })
    .option("format", { choices: PLOT_FORMATS, default: "svg" as const, describe: "svg, png (twice the size), or vega: the Vega-Lite spec" })
    .option("out", { alias: "o", type: "string", describe: "File to write; - for standard output", defaultDescription: "NAME.FORMAT here" })
    .option("theme", { choices: ["light", "dark"] as const, default: "light" as const, describe: "Colours" })
    .option("metric", { type: "string", describe: "For metric: a name such as ttft.p95" })
    .option("axis", { type: "string", describe: "For metric: swept config path for the horizontal axis", defaultDescription: "the first with three numbers" })
    .option("rows", { type: "string", describe: "For scale: JSON file of rows {clients, threads, wallS, eventsPerS, rssBytes}" }) as Argv<PlotArguments>,
  handler: async (args) => {
    const figure = makeFigure(args, args.theme === "dark" ? DARK_THEME : LIGHT_THEME);
    const bytes = await renderBytes(figure, args.format);
    const path = args.out ?? `${figure.name}.${FILE_ENDINGS[args.format]}`;
    if (path === "-") { process.stdout.write(bytes); return; }
    writeWhole(path, bytes);
    process.stdout.write(`${path}: ${figure.title}\n`);
  },
};

async function renderBytes(figure: Figure, format: PlotArguments["format"]): Promise<Uint8Array> {
  if (format === "vega") return new TextEncoder().encode(`${JSON.stringify(assembleSpec(figure), undefined, 2)}\n`);
  const svg = await renderSvg(figure);
  return format === "png" ? renderPng(svg) : new TextEncoder().encode(svg);
}

function makeFigure(args: PlotArguments, theme: Theme): Figure {
  if (args.name === "scale") return required(makeScale(loadScaleRows(args.rows), theme), "scale", "at least one row", args.rows ?? "");
  const folder = findRun(args.run);
  const summary = summarizeCells(loadFinishedRun(folder).cells);
  if (args.name === "metric") {
    if (args.metric === undefined) {
      throw new ConfigError({ subject: "--metric", rule: "be given for the figure metric", got: undefined, hint: `For example --metric ttft.p95. All: ${METRICS.map(({ name }) => name).join(", ")}` });
    }
    return required(makeMetricFigure(summary, args.metric, theme, args.axis), "metric", args.metric, folder);
  }
  const { make, needs } = FIGURES[args.name];
  return required(make(summary, theme), args.name, needs, folder);
}

function required(figure: Figure | undefined, name: string, needs: string, where: string): Figure {
  if (figure !== undefined) return figure;
  throw new DataError({ subject: `the run for figure ${name}`, rule: `have ${needs}`, got: "none in any cell", where, hint: "See what was found with: plmm table all" });
}

const scaleRows = z.array(z.object({
  clients: z.number().positive(), threads: z.number().int().positive(), wallS: z.number().positive(), eventsPerS: z.number().positive(), rssBytes: z.number().positive(),
}));

function loadScaleRows(path: string | undefined): z.output<typeof scaleRows> {
  try {
    return scaleRows.parse(JSON.parse(readFileSync(path ?? "", "utf8")));
  } catch (cause) {
    throw new ConfigError({
      subject: "--rows", rule: "name a JSON file with rows {clients, threads, wallS, eventsPerS, rssBytes}, all above 0", got: path,
      hint: cause instanceof z.ZodError ? z.prettifyError(cause) : "The scale experiment writes such a file.", cause,
    });
  }
}
