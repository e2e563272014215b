/** Values of attributes drawn evenly and alone, as no person has them together: for copying tasks in which guessing does not pay. */
import type { RandomStream } from "../../core/random-stream.js";
import { SUBJECTS } from "../knowledge/education-area.js";
import { SYSTEM_VERSIONS } from "../knowledge/it-area.js";
import { CONDITIONS } from "../knowledge/medicine-area.js";
import type { AttributeId } from "../people/attributes.js";
import { BACKUP_DAYS, BLOOD_GROUPS, DEGREES, DRINKS, FOODS, GRADES, HOBBIES, JOBS, PETS, WAKING_HOURS } from "../people/declared-shares.js";
import { isNameHeldOut } from "../people/person.js";
import { untilFound } from "../until-found.js";
import { pick } from "../world-streams.js";
import type { World } from "../world.js";

const JOB_NAMES: readonly string[] = JOBS.map(([job]) => job);

/** A value that an attribute can take. Full names are those of training only. */
export function randomValue(world: World, attribute: AttributeId, stream: RandomStream): string {
  switch (attribute) {
    case "name": return randomName(world, stream);
    case "age": return String(18 + stream.nextInt(68));
    case "salary": return `${12 + stream.nextInt(239)}k`;
    case "savings": return `${stream.nextInt(401)}k`;
    case "doorCode": return String(stream.nextInt(10_000)).padStart(4, "0");
    default: return pick(stream, valuesOf(world, attribute));
  }
}

function randomName(world: World, stream: RandomStream): string {
  return untilFound(world, "names for training", () => {
    const given = stream.nextInt(world.givenNames.length), family = stream.nextInt(world.familyNames.length);
    return isNameHeldOut(world, given, family) ? undefined : `${world.givenNames[given]!} ${world.familyNames[family]!}`;
  });
}

/** The values of attributes that have a list of them. */
function valuesOf({ areas, cities, employers, givenNames, familyNames }: World, attribute: Exclude<AttributeId, "name" | "age" | "salary" | "savings" | "doorCode">): readonly string[] {
  switch (attribute) {
    case "city": return cities;
    case "partner": return givenNames;
    case "job": return JOB_NAMES;
    case "employer": return employers;
    case "degree": return DEGREES.values;
    case "bank": return areas.finance.kinds[0]!.entities;
    case "phone": return areas.it.kinds[1]!.entities;
    case "system": return SYSTEM_VERSIONS;
    case "backup": return BACKUP_DAYS;
    case "allergy": return areas.medicine.kinds[1]!.entities;
    case "condition": return CONDITIONS;
    case "medication": return areas.medicine.kinds[0]!.entities;
    case "blood": return BLOOD_GROUPS.values;
    case "doctor": return familyNames;
    case "course": return areas.education.kinds[0]!.entities;
    case "passed": return SUBJECTS;
    case "grade": return GRADES.values;
    case "hobby": return HOBBIES;
    case "food": return FOODS;
    case "pet": return PETS.values;
    case "drink": return DRINKS;
    case "wakes": return WAKING_HOURS;
    default: return attribute satisfies never;
  }
}
