/** Worlds for tests. */
import { worldSection } from "../config/sections/world-section.js";
import type { WorldConfig } from "../config/sections/world-section.js";
import { makeWorld } from "./world.js";
import type { World } from "./world.js";

/** A world of the defaults with some keys set. */
export function sampleWorld(changes: Partial<WorldConfig> = {}): World {
  return makeWorld({ ...worldSection.parse({}), ...changes });
}
