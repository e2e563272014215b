/** Positions in pixels of values in data units, for labels that are placed before the figure is drawn. */

/** Number format of axes (d3-format): thousands apart, no exponent, no trailing zeros. */
export const PLAIN_NUMBER = ",.8~f";

/** A scale with its inverse. */
export interface AxisScale {
  readonly kind: "linear" | "log";
  readonly domain: readonly [number, number];
  readonly toPixel: (value: number) => number;
  readonly toValue: (pixel: number) => number;
}

/**
 * A linear scale.
 *
 * @param range Pixels of the two ends of the domain.
 */
export function linearScale(domain: readonly [number, number], range: readonly [number, number]): AxisScale {
  const [low, high] = domain, [from, to] = range;
  return {
    kind: "linear", domain,
    toPixel: (value) => from + (value - low) / (high - low) * (to - from),
    toValue: (pixel) => low + (pixel - from) / (to - from) * (high - low),
  };
}

/** A logarithmic scale. The domain is above 0. */
export function logScale(domain: readonly [number, number], range: readonly [number, number]): AxisScale {
  const inner = linearScale([Math.log(domain[0]), Math.log(domain[1])], range);
  return { kind: "log", domain, toPixel: (value) => inner.toPixel(Math.log(value)), toValue: (pixel) => Math.exp(inner.toValue(pixel)) };
}

/** The smallest range that holds all finite values, widened by a share of itself at both ends. */
export function paddedDomain(values: readonly number[], share: number, atLeast: number): readonly [number, number] {
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite), high = Math.max(...finite);
  const pad = Math.max((high - low) * share, atLeast);
  return [low - pad, high + pad];
}

/** The same for a logarithmic axis: widened by a factor. */
export function paddedLogDomain(values: readonly number[], factor: number): readonly [number, number] {
  const finite = values.filter((value) => value > 0 && Number.isFinite(value));
  return [Math.min(...finite) / factor, Math.max(...finite) * factor];
}

/** Steps of ticks within a power of ten, fine ones first. */
const TICK_STEPS: readonly (readonly number[])[] = [[1, 1.5, 2, 3, 4, 5, 6, 8], [1, 2, 3, 5, 7], [1, 2, 5], [1]];
const MOST_TICKS = 8;

/** Ticks at round numbers within a domain: as many as can be up to eight. */
export function logTicks([low, high]: readonly [number, number]): readonly number[] {
  const ticksOf = (steps: readonly number[]): readonly number[] => {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
      for (const step of steps) {
        const tick = power < 0 ? step / 10 ** -power : step * 10 ** power;
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    return ticks;
  };
  return TICK_STEPS.map(ticksOf).find((ticks) => ticks.length <= MOST_TICKS) ?? ticksOf([1]);
}
