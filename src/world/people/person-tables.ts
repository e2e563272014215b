/** Tables that people are drawn with: running sums of declared shares, and which drugs treat which condition. */
import { domainFact } from "../knowledge/domain-fact.js";
import { SUBJECTS } from "../knowledge/education-area.js";
import { factIndex } from "../knowledge/knowledge-area.js";
import { CONDITIONS } from "../knowledge/medicine-area.js";
import { cumulateRanks } from "../world-streams.js";
import type { World } from "../world.js";
import { AGE_SHARES, BLOOD_GROUPS, DEGREES, DRINKS, FOODS, GRADES, HOBBIES, JOBS, PETS, WAKING_HOURS } from "./declared-shares.js";

/** Words, the commoner first, with running sums of their weights. */
export interface RankedWords { readonly values: readonly string[]; readonly cumulative: Float64Array }

/** A drug and its class; neither its class nor its use ever changes. */
export interface DrugOption { readonly drug: string; readonly drugClass: string }

/** Running sums unless said otherwise. */
export interface PersonTables {
  readonly ageBands: Float64Array;
  readonly degrees: Float64Array;
  /** By degree. */
  readonly jobsByDegree: readonly Float64Array[];
  readonly phones: Float64Array;
  readonly drugClasses: readonly string[];
  readonly classes: Float64Array;
  readonly conditions: readonly string[];
  readonly illnesses: Float64Array;
  readonly drugsFor: ReadonlyMap<string, readonly DrugOption[]>;
  readonly bloodGroups: Float64Array;
  readonly subjects: readonly string[];
  readonly grades: Float64Array;
  readonly pets: Float64Array;
  readonly hobbies: RankedWords;
  readonly foods: RankedWords;
  readonly drinks: RankedWords;
  readonly wakingHours: RankedWords;
}

/** Weight of a job that asks for just the degree a person has; 1 for those that ask for less. */
const FITTING_JOB_WEIGHT = 3;

/** Made once for a world: they depend on nothing else. */
const MADE = new WeakMap<World, PersonTables>();

/** The tables of a world. */
export function tablesOf(world: World): PersonTables {
  const made = MADE.get(world);
  if (made !== undefined) return made;
  const tables = makeTables(world);
  MADE.set(world, tables);
  return tables;
}

function makeTables(world: World): PersonTables {
  const drugClasses = world.areas.medicine.kinds[1]!.entities;
  return {
    ageBands: runningSums(AGE_SHARES), degrees: runningSums(DEGREES.shares),
    jobsByDegree: DEGREES.values.map((_, degree) => runningSums(JOBS.map(([, asked]) => (asked > degree ? 0 : asked === degree ? FITTING_JOB_WEIGHT : 1)))),
    phones: cumulateRanks(world.areas.it.kinds[1]!.entities.length), drugClasses, classes: cumulateRanks(drugClasses.length),
    conditions: CONDITIONS, illnesses: cumulateRanks(CONDITIONS.length), drugsFor: findDrugs(world), bloodGroups: runningSums(BLOOD_GROUPS.shares),
    subjects: SUBJECTS, grades: runningSums(GRADES.shares), pets: runningSums(PETS.shares),
    hobbies: ranked(HOBBIES), foods: ranked(FOODS), drinks: ranked(DRINKS), wakingHours: ranked(WAKING_HOURS),
  };
}

function findDrugs(world: World): ReadonlyMap<string, readonly DrugOption[]> {
  const found = new Map<string, DrugOption[]>(CONDITIONS.map((condition) => [condition, []])), area = world.areas.medicine;
  area.kinds[0]!.entities.forEach((drug, entity) => {
    const valueOf = (label: string): string => domainFact(world, "medicine", factIndex(area, "drug", entity, label)).value;
    found.get(valueOf("use"))!.push({ drug, drugClass: valueOf("class") });
  });
  return found;
}

function ranked(values: readonly string[]): RankedWords { return { values, cumulative: cumulateRanks(values.length) }; }

function runningSums(shares: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(shares, (share) => (sum += share));
}
