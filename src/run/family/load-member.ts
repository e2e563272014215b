/** A finished member of a family, from its folder. */
import { z } from "zod";
import { worldSection } from "../../config/sections/world-section.js";
import { findFamilyFile } from "../../models/load-family.js";
import { TEXT_ROLES, type TextRole } from "../../world/text/text-role.js";
import { makeWorld, type World } from "../../world/world.js";
import { loadJson } from "../load-json.js";

/** A member and what it was trained for. */
export interface FamilyMember {
  readonly name: string;
  readonly parameters: number;
  readonly role: TextRole;
  /** The world that it was trained on. */
  readonly world: World;
  /** Paths of its files. */
  readonly gguf: string;
  readonly onnx: string;
}

const recordSchema = z.looseObject({
  parameters: z.number(), plan: z.looseObject({ model: z.looseObject({ role: z.enum(TEXT_ROLES) }), world: worldSection }),
});

/**
 * Loads a member.
 *
 * @param folder Of the family; the shipped one when left out.
 * @throws {DataError} when the family lacks it, or its record is of another form.
 */
export function loadMember(name: string, folder?: string): FamilyMember {
  const { parameters, plan } = loadJson(findFamilyFile(name, "record", folder), recordSchema);
  return { name, parameters, role: plan.model.role, world: makeWorld(plan.world), gguf: findFamilyFile(name, "gguf", folder), onnx: findFamilyFile(name, "onnx", folder) };
}
