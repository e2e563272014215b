/** Draws until one fits, and says so when none does: a config may hold out everything there is. */
import { ConfigError } from "../core/errors.js";
import type { World } from "./world.js";

const MOST_DRAWS = 10_000;

/**
 * The first draw that fits.
 *
 * @param what Words for what is looked for, for the message.
 * @param draw Undefined when it does not fit. Hears how many draws came before.
 * @throws {ConfigError} after ten thousand draws.
 */
export function untilFound<Found>(world: World, what: string, draw: (attempt: number) => Found | undefined): Found {
  for (let attempt = 0; attempt < MOST_DRAWS; attempt++) {
    const found = draw(attempt);
    if (found !== undefined) return found;
  }
  throw new ConfigError({
    subject: "world.heldOut", rule: `leave ${what}`, got: world.config.heldOut,
    hint: "Hold out more than nothing and less than all, or make the world larger: world.people, world.domains, world.cities.",
  });
}
