/**
 * Texts to train models on, as streams: text number `index` of a role is a function of (world, role, level, day, index).
 * Nothing held out is ever stated: no held-out person, fact or way to ask.
 */
import type { DomainName } from "../knowledge/knowledge-area.js";
import { openStream, WorldPurpose } from "../world-streams.js";
import type { World } from "../world.js";
import { expertText } from "./expert-text.js";
import { generalText } from "./general-text.js";
import { personalText } from "./personal-text.js";
import { TEXT_ROLES } from "./text-role.js";
import type { TextDraw, TextOptions, TextRole, TrainingText } from "./text-role.js";

const LEVELS = 4;
const FULL_LEVEL = 3;

/** A training text. @param index From 0 to 2^32 - 1. */
export function trainingText(world: World, role: TextRole, index: number, options: TextOptions = {}): TrainingText {
  const level = options.level ?? FULL_LEVEL;
  const stream = openStream(world.seed, WorldPurpose.text, TEXT_ROLES.indexOf(role) * LEVELS + level, index);
  const draw: TextDraw = { world, stream, index, day: options.day ?? 0 };
  switch (role) {
    case "general": return generalText(draw);
    case "personal": return personalText(draw, level);
    default: return expertText(draw, role satisfies DomainName);
  }
}
