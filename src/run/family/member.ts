/** A member of a family in the making: what its weights depend on, and what is there already. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../core/errors.js";
import type { TrainedModel } from "../../learning/derive-weights.js";
import { type FamilyMember, loadMember, MEMBER_FILES, requireMemberFile } from "../../models/load-family.js";
import { loadLlamaGguf } from "../../models/quantize/load-llama-gguf.js";
import type { Tokenizer } from "../../models/tokenizer/tokenizer.js";
import type { World } from "../../world/world.js";
import { neededMembers } from "./check-references.js";
import type { FamilyPlan } from "./family-plan.js";

/** What all members share. */
export interface FamilySetting {
  readonly family: FamilyPlan;
  readonly world: World;
  readonly tokenizer: Tokenizer;
  /** A folder in it for each member. */
  readonly folder: string;
}

/** Path of a file of a member. */
export function memberPath({ folder }: Pick<FamilySetting, "folder">, name: string, file: string): string { return join(folder, name, file); }

/**
 * All that weights and scores of a member depend on. Those it starts from or learns from count by the sha256 of their weights.
 *
 * @throws {ConfigError} when one of them is not finished.
 */
export function planOf(setting: FamilySetting, name: string): object {
  const { world, tokenizer, threads, questions, models } = setting.family, model = models[name]!;
  const needed = neededMembers(model).map((each) => [each, requireFinished(setting, each, name).record.sha256[MEMBER_FILES.gguf]]);
  return { model, world, tokenizer, threads, questions, ...(needed.length === 0 ? {} : { needed: Object.fromEntries(needed) as object }) };
}

/** A member that was finished by the same plan. */
export function loadFinished(setting: FamilySetting, name: string): FamilyMember | undefined {
  const folder = join(setting.folder, name);
  if (!existsSync(join(folder, MEMBER_FILES.record))) return undefined;
  const member = loadMember(folder);
  return JSON.stringify(member.record.plan) === JSON.stringify(planOf(setting, name)) ? member : undefined;
}

/** Weights of a finished member that another needs. @throws {ConfigError} when it is not finished; {DataError} when its file has changed. */
export function loadTrained(setting: FamilySetting, name: string, by: string): TrainedModel {
  return loadLlamaGguf(requireMemberFile(requireFinished(setting, name, by), MEMBER_FILES.gguf));
}

function requireFinished(setting: FamilySetting, name: string, by: string): FamilyMember {
  const member = loadFinished(setting, name);
  if (member !== undefined) return member;
  throw new ConfigError({ subject: `${name}, which ${by} needs,`, rule: "be trained by this plan first", got: existsSync(memberPath(setting, name, MEMBER_FILES.record)) ? "a member of another plan" : "nothing", where: join(setting.folder, name), hint: `Train it: plmm train PLAN --only ${name}, or leave --only out.` });
}
