/** The loss over a training, a point for some steps each. */
import { z } from "zod";

/** A point: means over the steps since the point before. */
export interface CurveRow {
  readonly step: number;
  /** Tokens read since the start. */
  readonly tokens: number;
  /** Nats per learned token. */
  readonly loss: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
}

/** Points so far, and sums over the steps since the last one, so that a stop between two points leaves no trace. */
export interface LossCurve {
  readonly rows: readonly CurveRow[];
  readonly pending: { readonly steps: number; readonly loss: number; readonly gradientNorm: number };
}

/** A curve before the first step. */
export const EMPTY_CURVE: LossCurve = { rows: [], pending: { steps: 0, loss: 0, gradientNorm: 0 } };

const number = z.number();
/** Schema of a curve in files. */
export const lossCurveSchema: z.ZodType<LossCurve> = z.strictObject({
  rows: z.array(z.strictObject({ step: number, tokens: number, loss: number, gradientNorm: number, learningRate: number })),
  pending: z.strictObject({ steps: number, loss: number, gradientNorm: number }),
});

/** The curve after one more step. A point is made at every multiple of `stepsPerRow`. */
export function extendCurve({ rows, pending }: LossCurve, latest: CurveRow, stepsPerRow: number): LossCurve {
  const steps = pending.steps + 1, loss = pending.loss + latest.loss, gradientNorm = pending.gradientNorm + latest.gradientNorm;
  if (latest.step % stepsPerRow !== 0) return { rows, pending: { steps, loss, gradientNorm } };
  return { rows: [...rows, { ...latest, loss: loss / steps, gradientNorm: gradientNorm / steps }], pending: EMPTY_CURVE.pending };
}
