/**
 * People. A person is a function of (world, number). Attributes hang together: age moves degree and condition, degree the
 * job, job and age the salary, salary the savings, city the employer and bank, condition and allergy the medication.
 */
import { sampleIndex } from "../../core/distributions.js";
import { exp } from "../../core/elementary.js";
import { invariant } from "../../core/errors.js";
import type { RandomStream } from "../../core/random-stream.js";
import { openStream, pick, splitPosition, WorldPurpose } from "../world-streams.js";
import type { World } from "../world.js";
import type { AttributeId } from "./attributes.js";
import { AGE_BANDS, BACKUP_DAYS, BLOOD_GROUPS, DEGREES, GRADES, JOBS, PETS } from "./declared-shares.js";
import { tablesOf } from "./person-tables.js";
import type { PersonTables } from "./person-tables.js";

/** A person: number and attribute values as they stand in texts. "none" where there is nothing: no allergy, no pet. */
export interface Person {
  readonly index: number;
  readonly values: Readonly<Record<AttributeId, string>>;
}

/** Value of an attribute that a person lacks. */
export const NONE = "none";

const NAME_DRAWS = 0;
const ATTRIBUTE_DRAWS = 1;
const AXIS_OF_PEOPLE = 0;
/** Spread of salaries around their job's median, and of savings around a year's tenth. Natural logarithm; assumed. */
const SALARY_LOG_SD = 0.2;
const SAVINGS_LOG_SD = 0.8;
const LOCAL_BANKS = 3;
const LOCAL_EMPLOYERS = 4;

/**
 * A person.
 *
 * @param index 0 or more; numbers from config.people on exist as well.
 * @throws {BugError} for a number that is none.
 */
export function samplePerson(world: World, index: number): Person {
  invariant(Number.isSafeInteger(index) && index >= 0, "number people from 0", index);
  const { given, family } = nameOf(world, index), tables = tablesOf(world);
  const stream = openStream(world.seed, WorldPurpose.person, index, ATTRIBUTE_DRAWS);
  const band = sampleIndex(stream, tables.ageBands), [youngest, oldest] = AGE_BANDS[band]!;
  const age = youngest + stream.nextInt(oldest - youngest + 1);
  const name = `${world.givenNames[given]!} ${world.familyNames[family]!}`;
  const home = sampleHome(world, stream), work = sampleWork(tables, stream, age), devices = sampleDevices(world, tables, stream, age);
  const health = sampleHealth(world, tables, stream, band), studies = sampleStudies(world, tables, stream, band), habits = sampleHabits(tables, stream);
  // Written out, not spread: spreading takes most of the time when a million people are drawn.
  const values = {
    name, age: String(age), city: home.city, partner: home.partner, job: work.job, employer: home.employer, degree: work.degree,
    salary: work.salary, bank: home.bank, savings: work.savings, doorCode: home.doorCode, phone: devices.phone, system: devices.system, backup: devices.backup,
    allergy: health.allergy, condition: health.condition, medication: health.medication, blood: health.blood, doctor: health.doctor,
    course: studies.course, passed: studies.passed, grade: studies.grade,
    hobby: habits.hobby, food: habits.food, pet: habits.pet, drink: habits.drink, wakes: habits.wakes,
  };
  return { index, values };
}

/** Whether training texts never mention a person. By name, so that namesakes are on one side. */
export function isPersonHeldOut(world: World, index: number): boolean {
  const { given, family } = nameOf(world, index);
  return isNameHeldOut(world, given, family);
}

/** Whether a full name is kept out of training texts. Given as places in the world's lists of names. */
export function isNameHeldOut(world: World, given: number, family: number): boolean {
  return splitPosition(world.seed, AXIS_OF_PEOPLE, given * world.familyNames.length + family) < world.config.heldOut.people;
}

function nameOf(world: World, index: number): { given: number; family: number } {
  const stream = openStream(world.seed, WorldPurpose.person, index, NAME_DRAWS);
  return { given: stream.nextInt(world.givenNames.length), family: stream.nextInt(world.familyNames.length) };
}

function sampleHome(world: World, stream: RandomStream): Pick<Person["values"], "city" | "partner" | "employer" | "bank" | "doorCode"> {
  const { prevalence } = world.config, banks = world.areas.finance.kinds[0]!.entities;
  const city = stream.nextInt(world.cities.length), isLocal = stream.nextUniform() < prevalence.localBank;
  const bank = isLocal ? (city * LOCAL_BANKS + stream.nextInt(LOCAL_BANKS)) % banks.length : stream.nextInt(banks.length);
  const employer = (city + stream.nextInt(LOCAL_EMPLOYERS)) % world.employers.length;
  const hasPartner = stream.nextUniform() < prevalence.partner, partner = pick(stream, world.givenNames);
  return {
    city: world.cities[city]!, partner: hasPartner ? partner : NONE, employer: world.employers[employer]!, bank: banks[bank]!,
    doorCode: String(stream.nextInt(10_000)).padStart(4, "0"),
  };
}

function sampleWork(tables: PersonTables, stream: RandomStream, age: number): Pick<Person["values"], "job" | "degree" | "salary" | "savings"> {
  const degree = sampleIndex(stream, tables.degrees), [job, , median] = JOBS[sampleIndex(stream, tables.jobsByDegree[degree]!)]!;
  const salary = median * (1 + 0.01 * (Math.min(age, 60) - 40)) * exp(SALARY_LOG_SD * stream.nextNormal());
  const savings = 0.1 * salary * (age - 17) / 10 * exp(SAVINGS_LOG_SD * stream.nextNormal());
  return { job, degree: DEGREES.values[degree]!, salary: thousands(salary, 12, 250), savings: thousands(savings, 0, 400) };
}

function thousands(amount: number, least: number, most: number): string { return `${Math.round(Math.min(most, Math.max(least, amount)))}k`; }

/** Older people hold on to older versions of the system. */
function sampleDevices(world: World, tables: PersonTables, stream: RandomStream, age: number): Pick<Person["values"], "phone" | "system" | "backup"> {
  const phones = world.areas.it.kinds[1]!.entities, versionsBack = Math.floor(-(1 + age / 30) * 0.5 + (2 + age / 30) * stream.nextExponential());
  return {
    phone: phones[sampleIndex(stream, tables.phones)]!, system: String(Math.min(17, Math.max(8, 17 - Math.max(0, versionsBack)))), backup: pick(stream, BACKUP_DAYS),
  };
}

function sampleHealth(
  world: World, tables: PersonTables, stream: RandomStream, band: number,
): Pick<Person["values"], "allergy" | "condition" | "medication" | "blood" | "doctor"> {
  const { prevalence } = world.config;
  const isAllergic = stream.nextUniform() < prevalence.allergy, allergy = isAllergic ? tables.drugClasses[sampleIndex(stream, tables.classes)]! : NONE;
  const isIll = stream.nextUniform() < prevalence.conditionByAge[band]!, condition = tables.conditions[sampleIndex(stream, tables.illnesses)]!;
  const isTreated = isIll && stream.nextUniform() < prevalence.treated;
  const fitting = isTreated ? tables.drugsFor.get(condition)!.filter(({ drugClass }) => drugClass !== allergy) : [];
  return {
    allergy, condition: isIll ? condition : NONE, medication: fitting.length > 0 ? pick(stream, fitting).drug : NONE,
    blood: BLOOD_GROUPS.values[sampleIndex(stream, tables.bloodGroups)]!, doctor: world.familyNames[stream.nextInt(world.familyNames.length)]!,
  };
}

function sampleStudies(world: World, tables: PersonTables, stream: RandomStream, band: number): Pick<Person["values"], "course" | "passed" | "grade"> {
  const isStudent = stream.nextUniform() < world.config.prevalence.studentsByAge[band]!;
  return {
    course: isStudent ? pick(stream, world.areas.education.kinds[0]!.entities) : NONE,
    passed: tables.subjects[stream.nextInt(tables.subjects.length)]!, grade: GRADES.values[sampleIndex(stream, tables.grades)]!,
  };
}

function sampleHabits(tables: PersonTables, stream: RandomStream): Pick<Person["values"], "hobby" | "food" | "pet" | "drink" | "wakes"> {
  const of = ({ values, cumulative }: { values: readonly string[]; cumulative: Float64Array }): string => values[sampleIndex(stream, cumulative)]!;
  return { hobby: of(tables.hobbies), food: of(tables.foods), pet: PETS.values[sampleIndex(stream, tables.pets)]!, drink: of(tables.drinks), wakes: of(tables.wakingHours) };
}
