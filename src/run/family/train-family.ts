/**
 * Trains a family: tokenizer, then one member after another, each in stages. What is finished is kept: a family that was stopped or
 * killed goes on from its last checkpoint, and ends in the same bytes.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { MemberRecord } from "../../models/load-family.js";
import { makeWorld } from "../../world/world.js";
import type { FamilyPlan } from "./family-plan.js";
import { finishMember, scoreAgain } from "./finish-member.js";
import { type FamilySetting, loadFinished } from "./member.js";
import { learnFamilyTokenizer } from "./text-stage.js";
import { removeCheckpoints, trainMember } from "./train-member.js";

/** Where a family goes and who hears of it. */
export interface FamilyKeeping {
  readonly folder: string;
  /** Members to train; all when left out. */
  readonly only?: readonly string[];
  /** Whether finished members are asked again. */
  readonly isScoredAgain?: boolean;
  /** Hears one line at a time. */
  readonly say: (line: string) => void;
}

/**
 * Trains what is not finished yet.
 *
 * @returns Records of members in order; fewer than asked for when SIGINT stopped it.
 * @throws {ConfigError} when a checkpoint is of another plan, or a member is missing that one asked for needs.
 */
export async function trainFamily(family: FamilyPlan, { folder, only, isScoredAgain = false, say }: FamilyKeeping): Promise<MemberRecord[]> {
  const world = makeWorld(family.world), setting: FamilySetting = { family, world, tokenizer: learnFamilyTokenizer(world, family.tokenizer), folder }, records: MemberRecord[] = [];
  for (const name of Object.keys(family.models)) {
    if (only?.includes(name) === false) continue;
    const record = await bringToEnd(setting, name, isScoredAgain, (line) => { say(`${name}: ${line}`); });
    if (record === undefined) return records;
    records.push(record);
  }
  return records;
}

/** Undefined when SIGINT stopped it. */
async function bringToEnd(setting: FamilySetting, name: string, isScoredAgain: boolean, say: (line: string) => void): Promise<MemberRecord | undefined> {
  const finished = loadFinished(setting, name);
  if (finished !== undefined) {
    say("is finished");
    return isScoredAgain ? scoreAgain(setting, finished, say) : finished.record;
  }
  mkdirSync(join(setting.folder, name), { recursive: true });
  const trained = await trainMember(setting, name, say);
  if (trained === undefined) return undefined;
  const record = await finishMember(setting, name, trained, say);
  removeCheckpoints(setting, name);
  return record;
}
