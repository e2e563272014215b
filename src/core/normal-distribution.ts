/** Distribution function of the standard normal law and its inverse, to nearly all digits of a double. */
import { exp, ln } from "./elementary.js";

/** Coefficients of x^0, x^1, ... */
type Polynomial = readonly number[];

function evaluate(polynomial: Polynomial, x: number): number {
  let sum = 0;
  for (let i = polynomial.length - 1; i >= 0; i--) sum = sum * x + polynomial[i]!;
  return sum;
}

const CENTRAL_OVER: Polynomial = [3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
  4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3];
const CENTRAL_UNDER: Polynomial = [1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
  2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3];
const MIDDLE_OVER: Polynomial = [1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
  1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4];
const MIDDLE_UNDER: Polynomial = [1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
  1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9];
const FAR_OVER: Polynomial = [6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
  2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7];
const FAR_UNDER: Polynomial = [1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
  7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15];

/**
 * The x with normalCdf(x) = p.
 *
 * @param p From 0 to 1; the ends give -Infinity and Infinity, anything else outside gives NaN.
 * @source Wichura 1988, Algorithm AS 241 (PPND16), Applied Statistics 37(3), 477-484. Relative error about 1e-16.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return q * evaluate(CENTRAL_OVER, r) / evaluate(CENTRAL_UNDER, r);
  }
  const tailMass = q < 0 ? p : 1 - p;
  if (!(tailMass > 0)) return tailMass === 0 ? (q < 0 ? -Infinity : Infinity) : NaN;
  const r = Math.sqrt(-ln(tailMass));
  const size = r <= 5 ? evaluate(MIDDLE_OVER, r - 1.6) / evaluate(MIDDLE_UNDER, r - 1.6)
    : evaluate(FAR_OVER, r - 5) / evaluate(FAR_UNDER, r - 5);
  return q < 0 ? -size : size;
}

const ERF_OVER: Polynomial = [3.20937758913846947e3, 3.77485237685302021e2, 1.13864154151050156e2, 3.16112374387056560e0,
  1.85777706184603153e-1];
const ERF_UNDER: Polynomial = [2.84423683343917062e3, 1.28261652607737228e3, 2.44024637934444173e2, 2.36012909523441209e1, 1];
const ERFC_OVER: Polynomial = [1.23033935479799725e3, 2.05107837782607147e3, 1.71204761263407058e3, 8.81952221241769090e2,
  2.98635138197400131e2, 6.61191906371416295e1, 8.88314979438837594e0, 5.64188496988670089e-1, 2.15311535474403846e-8];
const ERFC_UNDER: Polynomial = [1.23033935480374942e3, 3.43936767414372164e3, 4.36261909014324716e3, 3.29079923573345963e3,
  1.62138957456669019e3, 5.37181101862009858e2, 1.17693950891312499e2, 1.57449261107098347e1, 1];
const ERFC_FAR_OVER: Polynomial = [6.58749161529837803e-4, 1.60837851487422766e-2, 1.25781726111229246e-1, 3.60344899949804439e-1,
  3.05326634961232344e-1, 1.63153871373020978e-2];
const ERFC_FAR_UNDER: Polynomial = [2.33520497626869185e-3, 6.05183413124413191e-2, 5.27905102951428412e-1, 1.87295284992346725e0,
  2.56852019228982242e0, 1];
const INVERSE_ROOT_PI = 0.5641895835477562869;

/**
 * Probability that a standard normal number is above `x`, for x of 0 or more, without loss of digits far out.
 *
 * @source Cody 1969, Rational Chebyshev approximations for the error function, Mathematics of Computation 23, 631-637.
 */
function upperTail(x: number): number {
  const y = x * Math.SQRT1_2, y2 = y * y;
  if (y <= 0.46875) return 0.5 - 0.5 * y * evaluate(ERF_OVER, y2) / evaluate(ERF_UNDER, y2);
  if (x > 39) return 0;
  // exp(-x^2 / 2) in two factors: the coarse square is exact, so the digits lost in x^2 do not grow in the exponent.
  const coarse = Math.floor(x * 16) / 16, density = 0.5 * exp(-coarse * coarse / 2) * exp(-(x - coarse) * (x + coarse) / 2);
  if (y <= 4) return density * evaluate(ERFC_OVER, y) / evaluate(ERFC_UNDER, y);
  const inverse = 1 / y2;
  return density * (INVERSE_ROOT_PI - inverse * evaluate(ERFC_FAR_OVER, inverse) / evaluate(ERFC_FAR_UNDER, inverse)) / y;
}

/** Probability that a standard normal number is at most x. Relative error about 1e-15, also in the lower tail. */
export function normalCdf(x: number): number {
  if (x < 0) return upperTail(-x);
  return x >= 0 ? 1 - upperTail(x) : NaN;
}
