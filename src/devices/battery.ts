/**
 * Charge of a battery in closed form: linear between events, kept between empty and full.
 * Energy is conserved: charge before + charged - drawn = charge after + clipped.
 */

/**
 * Charge after a stretch of constant draw and charging. Joules.
 *
 * @param chargeJ At the start. From 0 to capacityJ.
 * @param capacityJ Energy of the full battery.
 * @param s Length of the stretch, seconds. 0 or more.
 * @param drawW Power drawn by the device. 0 or more.
 * @param chargeW Power from the charger after losses. 0 or more.
 * @returns From 0 to capacityJ.
 */
export function batteryAfterJ(chargeJ: number, capacityJ: number, s: number, drawW: number, chargeW: number): number {
  const after = chargeJ + (chargeW - drawW) * s;
  return after < 0 ? 0 : after > capacityJ ? capacityJ : after;
}

/**
 * Energy of the same stretch that the battery neither took nor gave. Joules.
 *
 * @returns Above 0: offered by the charger to a full battery. Below 0: asked of an empty one.
 */
export function batteryClippedJ(chargeJ: number, capacityJ: number, s: number, drawW: number, chargeW: number): number {
  const after = chargeJ + (chargeW - drawW) * s;
  return after < 0 ? after : after > capacityJ ? after - capacityJ : 0;
}

/** Seconds until a battery is empty at a constant net draw; Infinity when it does not drain. */
export function batteryEmptyInS(chargeJ: number, drawW: number, chargeW: number): number {
  return drawW > chargeW ? chargeJ / (drawW - chargeW) : Infinity;
}
