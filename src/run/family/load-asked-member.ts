/** A finished member of a family, ready to be asked. */
import { z } from "zod";
import { worldSection } from "../../config/sections/world-section.js";
import { findMember, MEMBER_FILES, requireMemberFile, shippedFamilyFolder } from "../../models/load-family.js";
import { TEXT_ROLES, type TextRole } from "../../world/text/text-role.js";
import { makeWorld, type World } from "../../world/world.js";

/** A member and what it was trained for. */
export interface AskedMember {
  readonly name: string;
  readonly parameters: number;
  readonly role: TextRole;
  /** The world that it was trained on. */
  readonly world: World;
  /** Path of its weights in F16. */
  readonly gguf: string;
}

const planSchema = z.looseObject({ model: z.looseObject({ role: z.enum(TEXT_ROLES) }), world: worldSection });

/**
 * Loads a member.
 *
 * @param folder Of the family; the shipped one when left out.
 * @throws {DataError} when the family lacks it, or its files are not those of its record.
 */
export function loadAskedMember(name: string, folder: string = shippedFamilyFolder()): AskedMember {
  const member = findMember(name, folder), { model, world } = planSchema.parse(member.record.plan);
  return { name, parameters: member.record.parameters, role: model.role, world: makeWorld(world), gguf: requireMemberFile(member, MEMBER_FILES.gguf) };
}
