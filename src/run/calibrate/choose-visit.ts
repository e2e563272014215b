/**
 * Which case a calibration visits next. Every case once a round, in an order that mixes sizes, engines, grid and kept-out cases and
 * differs between rounds. Behind the least rounds only those are visited again whose steps are not known well: until they are, or
 * until the most rounds.
 */
import type { HostClock } from "../../devices/host/host-profile.js";
import type { CalibrationPlan } from "./calibration-plan.js";
import { errorOfStep, summarizeVisits } from "./summarize-visits.js";
import type { Visit } from "./visit-log.js";

/** A case counts as known when the two least visits to its steps are this near each other, on average over steps. A fraction. */
export const KNOWN_ERROR = 0.03;
/** Steps of this share of a circle reach every case, neighbours far apart. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** A case and how often it was visited before. */
export interface NextVisit { readonly index: number; readonly round: number }

/** The next visit; undefined when there is none. `pending` counts the cases that are still to be visited. */
export function chooseVisit(plan: CalibrationPlan, visits: readonly Visit[], clock: HostClock): { readonly next: NextVisit | undefined; readonly pending: number } {
  const { least, most } = plan.rounds, pending = summarizeVisits(plan, visits, clock).flatMap(({ steps }, index): NextVisit[] => {
    const round = steps[0]?.visitsS.length ?? 0, errors = steps.map(errorOfStep), error = errors.reduce((sum, value) => sum + value, 0) / errors.length;
    return round < least || (round < most && error > KNOWN_ERROR) ? [{ index, round }] : [];
  });
  const place = ({ index, round }: NextVisit): number => (index * GOLDEN + round / most) % 1 + round;
  return { next: pending.sort((a, b) => place(a) - place(b) || a.index - b.index)[0], pending: pending.length };
}
