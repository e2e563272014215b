/**
 * The participation market of one simulated cell: would people stay, at the quality, money and leakage that the cell measured?
 *
 * A user gains v V s n - c per day from the tiers over P alone, with v ~ U[0, 1] and n the share that takes part:
 *   V s = 2 x value of a right answer x (right answers per person and day - those of P alone) x network scale,
 *   c   = money per person and day + privacy cost per secret x secrets sent per person and day.
 * Twice, because the value is given as the mean over people and V is the largest. E learns from those who take part, so the gain is
 * taken as proportional to n, and the measured gain (everybody takes part in the simulated fleet) as that of n = 1.
 *
 * Measured by the cell: right answers, right answers of P alone on the same questions, tokens and energy in money, secrets sent.
 * Assumed, from the config: value of a right answer, its uniform spread, privacy cost of a secret, network scale, proportionality.
 */
import { invariant } from "../core/errors.js";
import { certifyParticipation, type ParticipationCertificate } from "./certify-participation.js";
import { type CriticalMass, solveCriticalMass } from "./critical-mass.js";

/** What a cell measured, summed over its people and days. */
export interface MeasuredCell {
  readonly people: number;
  /** Simulated days that the sums cover. */
  readonly days: number;
  readonly rightAnswers: number;
  /** Of the same questions, those that P alone would have answered right. */
  readonly rightByPersonalAlone: number;
  /** Tokens of E and T and electricity of the devices. */
  readonly moneyUsd: number;
  /** Sensitive attributes that reached a tier in clear. */
  readonly secretsSent: number;
}

/** What the config assumes. */
export interface MarketAssumptions {
  /** Mean over people; values are uniform from 0 to twice this. */
  readonly valueOfRightAnswerUsd: number;
  readonly privacyCostPerSecretUsd: number;
  /** Gain of the tiers at full participation, of the measured gain. */
  readonly networkScale: number;
}

/** Rest points of the market with their certificate. All money in USD per person and day. */
export interface ParticipationEquilibrium extends CriticalMass {
  readonly gainPerPersonDay: number;
  readonly moneyUsdPerPersonDay: number;
  readonly privacyUsdPerPersonDay: number;
  /** Distance to collapse: foldCost - netCost. Negative: collapsed. */
  readonly foldMarginUsd: number;
  readonly certificate: ParticipationCertificate;
}

const HIGHEST_OVER_MEAN = 2;

/**
 * The stable share, the critical mass, and how far from collapse.
 *
 * Where the tiers give no more right answers than P alone, sV is 0 and any cost collapses the market.
 *
 * @throws {BugError} when a sum is negative or NaN, or people or days are not above 0.
 */
export function findParticipation(cell: MeasuredCell, assumed: MarketAssumptions): ParticipationEquilibrium {
  const personDays = cell.people * cell.days;
  invariant(personDays > 0 && personDays < Infinity, "cover people and days above 0", personDays);
  for (const [name, value] of Object.entries({ ...cell, ...assumed })) invariant(value >= 0 && value < Infinity, `have ${name} of 0 or more`, value);
  const gainPerPersonDay = Math.max(0, cell.rightAnswers - cell.rightByPersonalAlone) / personDays;
  const sV = HIGHEST_OVER_MEAN * assumed.valueOfRightAnswerUsd * gainPerPersonDay * assumed.networkScale;
  const moneyUsdPerPersonDay = cell.moneyUsd / personDays;
  const privacyUsdPerPersonDay = (assumed.privacyCostPerSecretUsd * cell.secretsSent) / personDays;
  const market = solveCriticalMass(moneyUsdPerPersonDay + privacyUsdPerPersonDay, sV);
  return {
    ...market, gainPerPersonDay, moneyUsdPerPersonDay, privacyUsdPerPersonDay,
    foldMarginUsd: market.foldCost - market.netCost,
    certificate: certifyParticipation(market, market.netCost, sV),
  };
}
