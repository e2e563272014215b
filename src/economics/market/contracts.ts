/**
 * Menus and revenue shares.
 *
 * Two types of buyer, value v q, cost q^2 / 2, share l of high types:  qH = vH,  qL = max(0, (vL - l vH) / (1 - l)),
 *   tL = vL qL,  tH = vH qH - (vH - vL) qL.
 * T makes a model of quality a0 at cost c0 a0^2, E raises it to a1 at cost c1 (a1 - a0)^2, T gets the share delta of revenue a1:
 *   a0 = delta / (2 c0),  a1 = a0 + (1 - delta) / (2 c1);  the sum of both is largest at delta = c1 / (c0 + c1).
 *
 * @source Mussa and Rosen 1978, J. of Economic Theory 18; Laufer, Kleinberg and Heidari 2023, arXiv:2308.04399, quadratic case.
 */
import { invariant } from "../../core/errors.js";

/** A menu of two offers. */
export interface TwoTypeMenu {
  readonly lowQuality: number;
  readonly highQuality: number;
  readonly lowPrice: number;
  readonly highPrice: number;
  readonly profit: number;
}

/** The best menu. @param highShare Of high types, 0 to 1. */
export function designMenu(lowValue: number, highValue: number, highShare: number): TwoTypeMenu {
  invariant(lowValue >= 0 && highValue >= lowValue && highShare >= 0 && highShare <= 1,
    "have values in order and a share from 0 to 1", `${lowValue}, ${highValue}, ${highShare}`);
  const lowQuality = highShare === 1 ? 0 : Math.max(0, (lowValue - highShare * highValue) / (1 - highShare)), highQuality = highValue;
  const lowPrice = lowValue * lowQuality, highPrice = highValue * highQuality - (highValue - lowValue) * lowQuality;
  const profit = (1 - highShare) * (lowPrice - lowQuality ** 2 / 2) + highShare * (highPrice - highQuality ** 2 / 2);
  return { lowQuality, highQuality, lowPrice, highPrice, profit };
}

/** Qualities and utilities under a revenue share. */
export interface FineTuningOutcome {
  readonly generalQuality: number;
  readonly specialQuality: number;
  readonly generalUtility: number;
  readonly specialUtility: number;
  /** Share that makes the sum of utilities largest. */
  readonly utilitarianShare: number;
}

/** T and E under T's revenue share. @param delta 0 to 1. */
export function shareFineTuning(c0: number, c1: number, delta: number): FineTuningOutcome {
  invariant(c0 > 0 && c1 > 0 && delta >= 0 && delta <= 1, "have costs above 0 and a share from 0 to 1", `${c0}, ${c1}, ${delta}`);
  const generalQuality = delta / (2 * c0), added = (1 - delta) / (2 * c1), specialQuality = generalQuality + added;
  return {
    generalQuality, specialQuality, generalUtility: delta * specialQuality - c0 * generalQuality ** 2,
    specialUtility: (1 - delta) * specialQuality - c1 * added ** 2, utilitarianShare: c1 / (c0 + c1),
  };
}
