/** Whether a model's confidence tells its right answers from its wrong ones. */

/** An answer: how sure the model was, from 0 to 1, and whether it was right. */
export interface JudgedAnswer { readonly confidence: number; readonly isRight: boolean }

/** What confidences are worth. */
export interface Calibration {
  /** Chance that a right answer was surer than a wrong one, ties counting half. Absent when all are right or all are wrong. */
  readonly auroc: number | undefined;
  /** Mean squared distance of confidence from 1 (right) or 0 (wrong). */
  readonly brier: number;
  /** Mean distance of confidence and share of right answers over ten bins of equal width, weighted by their answers. */
  readonly calibrationError: number;
}

const BINS = 10;

/**
 * Scores confidences. NaN for no answers.
 *
 * @source Brier 1950, Verification of forecasts expressed in terms of probability; Guo et al. 2017, On calibration of modern neural networks, arXiv:1706.04599, equation 3.
 */
export function scoreCalibration(answers: readonly JudgedAnswer[]): Calibration {
  const brier = answers.reduce((sum, { confidence, isRight }) => sum + (confidence - Number(isRight)) ** 2, 0) / answers.length;
  const gaps = Array.from({ length: BINS }, (_, bin) => {
    const inside = answers.filter(({ confidence }) => Math.min(BINS - 1, Math.floor(confidence * BINS)) === bin);
    return Math.abs(inside.reduce((sum, { confidence, isRight }) => sum + confidence - Number(isRight), 0));
  });
  return { auroc: aurocOf(answers), brier, calibrationError: gaps.reduce((sum, gap) => sum + gap, 0) / answers.length };
}

function aurocOf(answers: readonly JudgedAnswer[]): number | undefined {
  const of = (wanted: boolean): number[] => answers.filter(({ isRight }) => isRight === wanted).map(({ confidence }) => confidence);
  const [right, wrong] = [of(true), of(false)];
  if (right.length === 0 || wrong.length === 0) return undefined;
  const wins = right.reduce((sum, a) => sum + wrong.reduce((won, b) => won + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0);
  return wins / right.length / wrong.length;
}
