/**
 * Medicine: fictional drugs of fictional classes, so that nothing here can be taken for advice. Rules: who is allergic to a
 * class takes no drug of it; two drugs clash when the class of one clashes with the class of the other.
 */
import { coinNames } from "../coin-name.js";
import { makeArea, numbered } from "./knowledge-area.js";
import type { KnowledgeArea } from "./knowledge-area.js";

/** Classes of drugs. */
export const DRUG_CLASS_COUNT = 12;
/** Lasting conditions, the commoner first. */
export const CONDITIONS: readonly string[] = ["asthma", "migraine", "eczema", "gout", "back pain", "reflux", "hay fever", "anemia",
  "insomnia", "arthritis", "psoriasis", "vertigo", "tinnitus", "bronchitis", "colitis", "angina"];

/** The medicine area. */
export function makeMedicineArea(seed: number, drugs: number, driftPerDay: number): KnowledgeArea {
  const classes = coinNames(seed, "drugClass", DRUG_CLASS_COUNT);
  return makeArea("medicine", driftPerDay, [
    {
      name: "drug", entities: coinNames(seed, "drug", drugs), relations: [
        { label: "class", volatility: 0, values: classes,
          questions: ["which kind of drug is {e}?", "to what class does {e} belong?", "{e} is what sort of drug?"],
          statements: ["{e} is a {v}.", "{e} belongs to the class {v}."] },
        { label: "use", volatility: 0, values: CONDITIONS,
          questions: ["what is {e} for?", "which illness does {e} treat?", "{e} helps against what?"],
          statements: ["{e} treats {v}.", "{e} helps against {v}."] },
        { label: "daily dose", volatility: 1.5, values: numbered(10, 10, 20, " mg"),
          questions: ["how much {e} is taken a day?", "how many mg of {e} a day?", "amount of {e} per day?"],
          statements: ["take {v} of {e} a day.", "{v} of {e} a day is right."] },
        { label: "side effect", volatility: 1, values: ["nausea", "rash", "cough", "headache", "dry mouth", "dizziness", "cramps", "fever",
          "fatigue", "itching", "sweating", "hiccups"],
          questions: ["what can go wrong with {e}?", "what does {e} cause at times?", "trouble to expect from {e}?"],
          statements: ["{e} may cause {v}.", "some get {v} from {e}."] },
        { label: "maker", volatility: 0.5, values: coinNames(seed, "maker", 16),
          questions: ["who makes {e}?", "which firm sells {e}?", "{e} comes from whom?"],
          statements: ["{v} makes {e}.", "{e} is sold by {v}."] },
      ],
    },
    {
      name: "drug class", entities: classes, relations: [
        { label: "clash", volatility: 0.3, values: classes,
          questions: ["what must a {e} not be mixed with?", "which class clashes with a {e}?", "a {e} never goes with what?"],
          statements: ["a {e} clashes with a {v}.", "never mix a {e} with a {v}."] },
      ],
    },
  ]);
}
