/** The world as plain values: names, areas of knowledge, tables that people are drawn with, and the ways to ask. */
import type { WorldConfig } from "../config/sections/world-section.js";
import type { DeepReadonly } from "../config/scenario-schema.js";
import { coinNames } from "./coin-name.js";
import { makeEducationArea } from "./knowledge/education-area.js";
import { makeFinanceArea } from "./knowledge/finance-area.js";
import { makeGeneralArea } from "./knowledge/general-area.js";
import { makeItArea } from "./knowledge/it-area.js";
import type { AreaName, KnowledgeArea } from "./knowledge/knowledge-area.js";
import { makeMedicineArea } from "./knowledge/medicine-area.js";
import { listIntents } from "./queries/intents.js";
import { splitPhrasings } from "./queries/phrasings.js";
import type { SplitPhrasings } from "./queries/phrasings.js";

/** Everything that people, facts, queries and texts are functions of, beside their numbers. */
export interface World {
  readonly seed: number;
  readonly config: DeepReadonly<WorldConfig>;
  readonly areas: Readonly<Record<AreaName, KnowledgeArea>>;
  readonly cities: readonly string[];
  readonly employers: readonly string[];
  readonly givenNames: readonly string[];
  readonly familyNames: readonly string[];
  /** Ways to ask by intent, those of training apart from those held out. */
  readonly phrasings: ReadonlyMap<string, SplitPhrasings>;
}

/** First and second names in use; a million people share their products. */
const GIVEN_NAMES = 400;
const FAMILY_NAMES = 800;

/** Makes a world. Two calls with one config give equal values, on any thread. */
export function makeWorld(config: DeepReadonly<WorldConfig>): World {
  const { seed, domains } = config, cities = coinNames(seed, "city", config.cities);
  const areas = {
    finance: makeFinanceArea(seed, domains.finance.entities, domains.finance.driftPerDay, cities),
    it: makeItArea(seed, domains.it.entities, domains.it.driftPerDay),
    medicine: makeMedicineArea(seed, domains.medicine.entities, domains.medicine.driftPerDay),
    education: makeEducationArea(seed, domains.education.entities, domains.education.driftPerDay),
    general: makeGeneralArea(seed, cities),
  };
  return {
    seed, config, areas, cities, employers: coinNames(seed, "employer", config.employers),
    givenNames: coinNames(seed, "given", GIVEN_NAMES), familyNames: coinNames(seed, "family", FAMILY_NAMES),
    phrasings: splitPhrasings(seed, config.heldOut.phrasings, listIntents(areas)),
  };
}
