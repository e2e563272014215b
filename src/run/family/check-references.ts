/** Whether members of a plan that start from others, or learn from them, can. */
import { ConfigError } from "../../core/errors.js";
import { checkDescent } from "../../learning/derive-weights.js";
import { type FamilyPlan, type ModelPlan, type StagePlan, shapeOfPlan } from "./family-plan.js";

/** Other members that one needs, each once: the one it starts from, and its teachers. */
export function neededMembers({ from, stages }: ModelPlan): string[] {
  const names = [from?.model, ...stages.map(({ teacher }) => teacher)];
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** @throws {ConfigError} when one needs a member that does not stand before it, or that does not fit. */
export function checkReferences(family: FamilyPlan, where: string): void {
  const names = Object.keys(family.models);
  for (const [name, model] of Object.entries(family.models)) {
    const before = names.slice(0, names.indexOf(name)), odd = neededMembers(model).find((needed) => !before.includes(needed));
    if (odd !== undefined) {
      throw new ConfigError({ subject: `${where}: models.${name}`, rule: `start from or learn from members that stand before it: ${before.join(", ") || "none"}`, got: odd, hint: "Members are trained in the order of the plan; move that member up, or correct its name." });
    }
    const parent = model.from === undefined ? undefined : family.models[model.from.model]!;
    if (parent !== undefined) checkDescent(shapeOfPlan(parent, family, model.from!.model), shapeOfPlan(model, family, name), model.from!.layers, `${where}: models.${name}.from`);
    for (const [stage, plan] of model.stages.entries()) checkTeacher(plan, `${where}: models.${name}.stages.${stage}`);
  }
}

function checkTeacher({ teacher, loss, texts }: StagePlan, subject: string): void {
  const uses = [loss === undefined ? undefined : "loss", texts === "generated" ? "texts: generated" : undefined].filter((use) => use !== undefined);
  if ((teacher === undefined) === (uses.length === 0)) return;
  const rule = teacher === undefined ? `name a teacher for ${uses.join(" and ")}` : "say what its teacher is for";
  throw new ConfigError({ subject, rule, got: teacher, hint: "Give teacher: NAME with loss: { kind: distill } or texts: generated, or leave all of them out." });
}
