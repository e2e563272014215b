/** The guard of every event queue. */
import { BugError } from "../core/errors.js";

/** True for an event that a queue takes: a safe integer instant, not before `nowUs`, and a safe integer key of 0 or more. */
export function isValidEvent(timeUs: number, key: number, nowUs: number): boolean {
  return timeUs >= nowUs && timeUs <= Number.MAX_SAFE_INTEGER && Math.floor(timeUs) === timeUs
    && key >= 0 && key <= Number.MAX_SAFE_INTEGER && Math.floor(key) === key;
}

/** The error for an event that is not valid. */
export function invalidEvent(timeUs: number, key: number, nowUs: number): BugError {
  return new BugError({
    subject: "an event", rule: "have a safe integer instant not before the clock, and a safe integer key of 0 or more",
    got: `instant ${timeUs} us, key ${key}`, where: `clock ${nowUs} us`,
    hint: "This is a bug in src/, not in your scenario. Report the command line and the config that led here.",
  });
}
