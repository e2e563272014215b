/** Tokens/s of real models on a host against the bytes of their files, by quantization. */
import { PLOT_HEIGHT, PLOT_WIDTH, type Figure } from "../figure.js";
import { formatShort } from "../format-number.js";
import type { Theme } from "../theme.js";
import { logTicks, paddedLogDomain, PLAIN_NUMBER } from "./scales.js";

/** A model in a format. */
export interface DecodePoint { readonly name: string; readonly format: string; readonly megabytes: number; readonly tokensPerS: number }

/** Draws one line per format, from the smallest model to the largest. */
export function makeHostDecode(points: readonly DecodePoint[], threads: number, theme: Theme): Figure {
  const formats = [...new Set(points.map(({ format }) => format))], rates = points.map(({ tokensPerS }) => tokensPerS);
  const x = paddedLogDomain(points.map(({ megabytes }) => megabytes), 1.3), y = paddedLogDomain(rates, 1.2);
  const encoding = {
    x: { field: "megabytes", type: "quantitative", title: "Model file (MB, log scale)", scale: { type: "log", domain: x, nice: false }, axis: { values: logTicks(x), format: PLAIN_NUMBER } },
    y: { field: "tokensPerS", type: "quantitative", title: "Decode (tokens/s, log scale)", scale: { type: "log", domain: y, nice: false }, axis: { values: logTicks(y), format: PLAIN_NUMBER } },
    color: { field: "format", type: "nominal", sort: formats, scale: { domain: formats, range: formats.map((_, slot) => theme.series[slot % theme.series.length]) }, legend: { title: null, orient: "right", symbolType: "circle" } },
  };
  return {
    name: "host-decode", theme,
    title: `On this host small models decode at ${formatShort(Math.min(...rates))} to ${formatShort(Math.max(...rates))} tokens/s`,
    subtitle: `Each line is a format, from the smallest model to the largest, on ${threads} thread${threads === 1 ? "" : "s"}. Higher is better.`,
    caption: "Measured with random weights behind a prompt of 128 tokens: speed depends on shapes and formats.",
    altText: formats.map((format) => `${format}: ${points.filter((point) => point.format === format).map(({ name, tokensPerS }) => `${name} ${formatShort(tokensPerS)}`).join(", ")}`).join("; "),
    view: { width: PLOT_WIDTH, height: PLOT_HEIGHT, data: { values: points }, layer: [{ mark: { type: "line", strokeWidth: 1.8 }, encoding }, { mark: { type: "point", filled: true, size: 70, opacity: 1 }, encoding }] },
  };
}
