/** Quantizations side by side: what each takes from the answers, and what it adds to the bits per token. */
import { PLOT_WIDTH, type Figure } from "../figure.js";
import { formatShort } from "../format-number.js";
import { assignColours, type Theme } from "../theme.js";

/** One model in one quantization, against its original. */
export interface QuantizationLoss {
  readonly model: string;
  readonly form: string;
  /** Right answers in points of a hundred more than the original, with its paired 95% interval. */
  readonly change: number;
  readonly changeLow: number;
  readonly changeHigh: number;
  /** Bits per token more than the original, with its paired 95% interval. */
  readonly extraBits: number;
  readonly extraBitsLow: number;
  readonly extraBitsHigh: number;
}

const PANEL_WIDTH = (PLOT_WIDTH - 60) / 2;
const ROW_HEIGHT = 28;

/** Draws both panels over the same rows, in the order in which forms first come. Undefined without rows. */
export function makeQuantizationLoss(rows: readonly QuantizationLoss[], theme: Theme): Figure | undefined {
  if (rows.length === 0) return undefined;
  const forms = [...new Set(rows.map(({ form }) => form))], models = [...new Set(rows.map(({ model }) => model))];
  const harmless = forms.filter((form) => rows.filter((row) => row.form === form).every(({ changeLow, changeHigh }) => changeLow <= 0 && changeHigh >= 0));
  const worst = rows.reduce((a, b) => (b.extraBits > a.extraBits ? b : a));
  const y = (isFirst: boolean): object => ({ field: "form", type: "nominal", sort: forms, title: null, axis: isFirst ? { grid: true } : { labels: false, grid: true } });
  const colour = { field: "model", type: "nominal", sort: models, scale: { domain: models, range: assignColours(models, theme) }, legend: { title: null, orient: "bottom", symbolType: "circle" } };
  const rowOf = (isFirst: boolean): object => ({ y: y(isFirst), yOffset: { field: "model", type: "nominal", sort: models }, color: colour });
  const panelOf = (field: string, title: string, isFirst: boolean): object => ({
    width: PANEL_WIDTH, height: { step: ROW_HEIGHT }, layer: [
      { mark: { type: "rule", color: theme.mutedInk, strokeDash: [4, 4] }, encoding: { x: { datum: 0, type: "quantitative" } } },
      { mark: { type: "rule", strokeWidth: 1.6 }, encoding: { ...rowOf(isFirst), x: { field: `${field}Low`, type: "quantitative", title }, x2: { field: `${field}High` } } },
      { mark: { type: "point", filled: true, size: 55, opacity: 1 }, encoding: { ...rowOf(isFirst), x: { field, type: "quantitative" } } },
    ],
  });
  return {
    name: "quantization-loss", theme,
    title: `${harmless.length} of ${forms.length} quantizations change no model's answers measurably; ${worst.model} in ${worst.form} loses most, ${formatShort(worst.extraBits)} bits per token`,
    subtitle: "Left: right answers against the same model before, on the same questions. Right: bits per token more on the same texts, which training has not read. Bars: 95% intervals of the paired difference.",
    caption: "Measured on the family that ships. A change is called measurable when its interval leaves out zero.",
    altText: rows.map(({ model, form, change, extraBits }) => `${model} ${form}: ${formatShort(change)} points, ${formatShort(extraBits)} bits`).join("; "),
    view: {
      data: { values: rows }, spacing: 24,
      hconcat: [
        panelOf("change", "Change of right answers (points)", true), panelOf("extraBits", "More bits per token", false),
      ],
    },
  };
}
