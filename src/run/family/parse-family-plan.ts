/** From a YAML text to a plan in which all fits together. */
import { toPlain } from "../../config/located-tree.js";
import { parseYaml } from "../../config/parse-yaml.js";
import { ConfigError } from "../../core/errors.js";
import { checkReferences } from "./check-references.js";
import { type FamilyPlan, familySchema, shapeOfPlan } from "./family-plan.js";

/**
 * The plan in a YAML text.
 *
 * @throws {ConfigError} for a text that holds none.
 */
export function parseFamilyPlan(text: string, name: string): FamilyPlan {
  const parsed = familySchema.safeParse(toPlain(parseYaml(text, name)));
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new ConfigError({ subject: `${name}: ${issue.path.join(".")}`, rule: "be part of a family of models", got: issue.message, hint: "Compare with configs/family.yaml." });
  }
  for (const [model, plan] of Object.entries(parsed.data.models)) shapeOfPlan(plan, parsed.data, model);
  checkReferences(parsed.data, name);
  return parsed.data;
}
