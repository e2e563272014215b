/**
 * Step 6 of the ladder: assessment buys market volume.
 *
 * Quality theta ~ U[0, 1]; the seller of theta parts with it for theta, buyers value it b theta. An assessor tells buyers which of m
 * equal classes a good is in. Class k = 1..m holds ((k - 1) / m, k / m]: as a whole it trades iff the buyer's value of its mean covers
 * the reserve of its best, b (2 k - 1) / (2 m) >= k / m, or b >= 2 k / (2 k - 1). Volume is the share of classes that trade.
 *
 * A class that does not trade as a whole may trade in part: at price p the sellers up to p come, of mean (L + p) / 2 with
 * L = (k - 1) / m, and p <= b (L + p) / 2 gives p = b L / (2 - b) for b < 2. `partialFraction` counts that too.
 *
 * @source Akerlof 1970, The market for lemons, Quarterly J. of Economics 84(3); graded assessment ours.
 */
import { invariant } from "../../core/errors.js";
import { Rational } from "../rational.js";

/** Volume of trade, of all goods. Exact. */
export interface AssessedTrade {
  /** Goods of classes that trade as a whole. */
  readonly tradedFraction: Rational;
  /** These, and the goods of other classes that trade in part. */
  readonly partialFraction: Rational;
}

/** @param b Buyers' value over sellers'; 0 or more. @param classCount 1 to 100,000. */
export function findAssessedTrade(b: Rational, classCount: number): AssessedTrade {
  invariant(Number.isInteger(classCount) && classCount >= 1 && classCount <= 100_000, "have 1 to 100000 classes", classCount);
  invariant(b.compare(Rational.zero) >= 0, "have a value ratio of 0 or more", b.toString());
  const two = Rational.of(2);
  let whole = 0, part = Rational.zero;
  for (let k = 1; k <= classCount; k++) {
    if (b.times(Rational.of(2 * k - 1)).compare(Rational.of(2 * k)) >= 0) { whole++; continue; }
    if (b.compare(Rational.one) <= 0) continue;
    // In units of a class: from L = k - 1 up to p = b L / (2 - b); b < 2 here, since class 1 trades at b = 2.
    const low = Rational.of(k - 1);
    part = part.plus(b.times(low).over(two.minus(b)).minus(low));
  }
  const count = Rational.of(classCount), tradedFraction = Rational.of(whole).over(count);
  return { tradedFraction, partialFraction: tradedFraction.plus(part.over(count)) };
}
