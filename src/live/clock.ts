/** The wall clock that all processes of one machine have in common. */

/** Microseconds since 1970, with the resolution of the monotonic clock. */
export function nowUs(): number { return Math.round((performance.timeOrigin + performance.now()) * 1000); }
