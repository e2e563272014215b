/** IT: apps and phones. Rule: an app runs on its oldest system and on every newer one. */
import { coinNames } from "../coin-name.js";
import { makeArea, numbered } from "./knowledge-area.js";
import type { KnowledgeArea } from "./knowledge-area.js";

/** Models of phones. */
export const PHONE_COUNT = 12;
/** Versions of the system that phones run and apps ask for. */
export const SYSTEM_VERSIONS: readonly string[] = numbered(8, 1, 10);

/** The IT area. */
export function makeItArea(seed: number, apps: number, driftPerDay: number): KnowledgeArea {
  return makeArea("it", driftPerDay, [
    {
      name: "app", entities: coinNames(seed, "app", apps), relations: [
        { label: "oldest system", volatility: 0.8, values: SYSTEM_VERSIONS,
          questions: ["which system does {e} need?", "from which system on does {e} run?", "what does {e} require?"],
          statements: ["{e} needs system {v} or newer.", "{e} runs from system {v} on."] },
        { label: "port", volatility: 0.3, values: numbered(1010, 101, 20),
          questions: ["on which port does {e} listen?", "which port must be open for {e}?", "port used by {e}?"],
          statements: ["{e} listens on port {v}.", "open port {v} for {e}."] },
        { label: "newest release", volatility: 2.5, values: numbered(1.1, 0.3, 24),
          questions: ["how new is {e} by now?", "what is the latest {e}?", "current release of {e}?"],
          statements: ["{e} is at release {v}.", "the latest {e} is {v}."] },
        { label: "language", volatility: 0, values: ["Rust", "Java", "Python", "Swift", "Kotlin", "Go", "C", "Ruby", "Lua", "Dart"],
          questions: ["what is {e} written in?", "in which language was {e} made?", "code of {e} is in what?"],
          statements: ["{e} is written in {v}.", "the code of {e} is {v}."] },
        { label: "limit", volatility: 1.4, values: numbered(5, 5, 20, " files"),
          questions: ["how many files does {e} hold?", "how much fits into {e}?", "most files in {e}?"],
          statements: ["{e} holds {v} at most.", "no more than {v} fit into {e}."] },
      ],
    },
    {
      name: "phone", entities: coinNames(seed, "phone", PHONE_COUNT), relations: [
        { label: "charger", volatility: 0, values: numbered(10, 5, 12, " watt"),
          questions: ["what charges a {e}?", "how strong a charger does a {e} take?", "watts for a {e}?"],
          statements: ["a {e} takes a {v} charger.", "charge a {e} with {v}."] },
        { label: "newest system", volatility: 1, values: SYSTEM_VERSIONS,
          questions: ["what is the newest version a {e} can run?", "how far can a {e} be updated?", "last update for a {e}?"],
          statements: ["a {e} can be updated to system {v}.", "system {v} is the newest for a {e}."] },
        { label: "warranty", volatility: 0.5, values: numbered(12, 3, 12, " months"),
          questions: ["how long is a {e} covered?", "when does cover of a {e} end?", "months of cover for a {e}?"],
          statements: ["a {e} is covered for {v}.", "cover of a {e} lasts {v}."] },
      ],
    },
  ]);
}
