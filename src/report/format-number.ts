/** Numbers as people read them: fixed digits, thousands apart, never a value shown as zero that is not zero. */
import type { Estimate } from "./aggregate.js";

/**
 * A number with fixed digits after the point; with an exponent when that would show a value as zero, or is very long.
 *
 * @param digits Digits after the point, 0 to 20.
 */
export function formatNumber(value: number, digits: number): string {
  if (!Number.isFinite(value)) return value === value ? (value > 0 ? "∞" : "−∞") : "–";
  const fixed = value.toFixed(digits);
  const isHidden = value !== 0 && Number(fixed) === 0;
  if (isHidden || Math.abs(value) >= 1e9) return value.toExponential(1).replace("e+", "e").replaceAll("-", "−");
  const [whole = "", rest] = fixed.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${grouped}${rest === undefined ? "" : `.${rest}`}`.replace("-", "−").replace(/^−(?=0(\.0*)?$)/, "");
}

/**
 * "mean ± half width" with the same digits, or the mean alone when there is no interval. A mean that rounds to zero is shown with an
 * exponent only when its interval rounds to zero too.
 */
export function formatEstimate({ mean, halfWidth95 }: Pick<Estimate, "mean" | "halfWidth95">, digits: number): string {
  if (!Number.isFinite(halfWidth95)) return formatNumber(mean, digits);
  const shownMean = Number(mean.toFixed(digits)), shownHalf = Number(halfWidth95.toFixed(digits));
  if (shownMean === 0 && shownHalf === 0) return mean === 0 && halfWidth95 === 0 ? "0" : `${formatNumber(mean, digits)} ± ${formatNumber(halfWidth95, digits)}`;
  return `${formatNumber(shownMean, digits)} ± ${formatNumber(shownHalf, digits)}`;
}

/** Two or three significant digits, for titles and labels in figures. */
export function formatShort(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1000) return formatNumber(value, 0);
  if (size < 1e-4) return formatNumber(value, 4);
  const digits = Math.min(5, Math.max(0, 2 - Math.floor(Math.log10(size))));
  return formatNumber(value, digits).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
}

/** Dollars for labels: short, and never an exponent. */
export function formatUsd(usd: number): string {
  return usd > 0 && usd < 1e-4 ? "<$0.0001" : `$${formatShort(usd)}`;
}
