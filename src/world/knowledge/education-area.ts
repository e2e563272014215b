/** Education: courses. Rule: a course may be taken by those who passed the subject it builds on. */
import { coinNames } from "../coin-name.js";
import { makeArea, numbered } from "./knowledge-area.js";
import type { KnowledgeArea } from "./knowledge-area.js";

/** Days of teaching. */
export const WEEKDAYS: readonly string[] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
/** School subjects that people have passed and courses build on. */
export const SUBJECTS: readonly string[] = ["algebra", "grammar", "drawing", "history", "botany", "music", "logic", "chemistry", "geometry", "Latin",
  "physics", "sewing"];

/** The education area. */
export function makeEducationArea(seed: number, courses: number, driftPerDay: number): KnowledgeArea {
  return makeArea("education", driftPerDay, [
    {
      name: "course", entities: coinNames(seed, "course", courses), relations: [
        { label: "basis", volatility: 0, values: SUBJECTS,
          questions: ["what must be passed before {e}?", "which subject does {e} build on?", "needed ahead of {e}?"],
          statements: ["{e} builds on {v}.", "pass {v} before {e}."] },
        { label: "day", volatility: 1, values: WEEKDAYS,
          questions: ["when is {e} taught?", "on which weekday is {e}?", "{e} is held when?"],
          statements: ["{e} is taught on {v}.", "{v} is the day of {e}."] },
        { label: "room", volatility: 2, values: numbered(11, 7, 24),
          questions: ["where is {e} taught?", "in which room does {e} meet?", "{e} is held where?"],
          statements: ["{e} meets in room {v}.", "room {v} is for {e}."] },
        { label: "teacher", volatility: 1.5, values: coinNames(seed, "teacher", 30),
          questions: ["who teaches {e}?", "whose course is {e}?", "{e} is taught by whom?"],
          statements: ["{v} teaches {e}.", "{e} is taught by {v}."] },
        { label: "credit", volatility: 0.5, values: numbered(2, 1, 12, " points"),
          questions: ["how many points is {e} worth?", "what does {e} count?", "points earned by {e}?"],
          statements: ["{e} gives {v}.", "{e} is worth {v}."] },
      ],
    },
  ]);
}
