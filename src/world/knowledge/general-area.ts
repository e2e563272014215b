/** General knowledge: the cities of the world. T knows it, no expert does. Rivers stay; mayors come and go. */
import { coinNames } from "../coin-name.js";
import { makeArea } from "./knowledge-area.js";
import type { KnowledgeArea } from "./knowledge-area.js";

/** Share of general facts that change in a day. Assumed: below that of every domain. */
const DRIFT_PER_DAY = 0.001;

/** The general area. */
export function makeGeneralArea(seed: number, cities: readonly string[]): KnowledgeArea {
  return makeArea("general", DRIFT_PER_DAY, [
    {
      name: "city", entities: cities, relations: [
        { label: "river", volatility: 0, values: coinNames(seed, "river", 24),
          questions: ["which river flows through {e}?", "what water runs by {e}?", "{e} lies on which river?"],
          statements: ["the {v} flows through {e}.", "{e} lies on the {v}."] },
        { label: "region", volatility: 0, values: coinNames(seed, "region", 10),
          questions: ["in which region is {e}?", "where does {e} lie?", "{e} is part of what?"],
          statements: ["{e} lies in {v}.", "{e} is a city of {v}."] },
        { label: "dish", volatility: 0, values: ["stew", "pancakes", "smoked fish", "dumplings", "plum cake", "bean soup", "cheese pie", "rye bread"],
          questions: ["what do people eat in {e}?", "which dish is {e} known for?", "best food of {e}?"],
          statements: ["{e} is known for {v}.", "people in {e} love {v}."] },
        { label: "mayor", volatility: 2, values: coinNames(seed, "teacher", 60).slice(30),
          questions: ["who governs {e}?", "who is mayor in {e}?", "{e} is led by whom?"],
          statements: ["{v} is mayor of {e}.", "{e} is led by {v}."] },
      ],
    },
  ]);
}
