/** The synthetic world behind questions: people with secrets, domains with facts that change, and what is held out. */
import { z } from "zod";
import { count, fraction, numberBetween, positiveCount, probabilityShares } from "../quantities.js";
import { origin } from "../origin.js";

/** Facts held in a domain grow with its entities: banks, apps, drugs, courses. */
const domain = z.strictObject({
  entities: positiveCount(1000).describe("Banks, apps, drugs or courses; each has five facts, and the domain some more."),
  driftPerDay: numberBetween(0, 0.99).describe("Share of the domain's facts that change in a day; as population.domains.driftPerDay."),
});

const prevalence = z.strictObject({
  allergy: fraction().default(0.22).describe("People with a drug allergy."),
  conditionByAge: z.array(fraction()).length(5).default([0.15, 0.25, 0.4, 0.6, 0.7]).describe("People with a lasting condition, by age band: to 29, 44, 59, 74, 85."),
  treated: fraction().default(0.75).describe("Of people with a condition: take a drug for it, when one exists that they tolerate."),
  localBank: fraction().default(0.7).describe("People whose bank is one of the three of their city; the others take any."),
  partner: fraction().default(0.6).describe("People with a partner."),
  studentsByAge: z.array(fraction()).length(5).default([0.6, 0.15, 0.1, 0.05, 0.02]).describe("People who attend a course, by age band."),
  ...origin,
});

/** Section `world`: read by plmm world and by the training of the models that ship with the program. */
export const worldSection = z.strictObject({
  seed: count(2 ** 32 - 1).default(1).describe("Of the world alone, so that models trained on it meet the same facts under every study seed."),
  people: positiveCount(100_000_000).default(1_000_000).describe("People that queries and texts are about. Each is a function of its number; none is kept in memory."),
  heldOut: z.strictObject({
    people: fraction().default(0.1).describe("Never in a training text."),
    facts: fraction().default(0.1).describe("Never in a training text."),
    phrasings: fraction().default(0.25).describe("Ways to ask, of each intent; never in a training text. At least one, and never all."),
  }).prefault({}).describe("What training does not see, chosen by hash: an item keeps its side when others are added."),
  prevalence: prevalence.prefault({ origin: "assumed", source: "round numbers of plausible size; no survey" }).describe("How common people's attributes are."),
  domains: z.strictObject({
    finance: domain.prefault({ entities: 80, driftPerDay: 0.04 }),
    it: domain.prefault({ entities: 80, driftPerDay: 0.01 }),
    medicine: domain.prefault({ entities: 80, driftPerDay: 0.005 }),
    education: domain.prefault({ entities: 80, driftPerDay: 0.002 }),
  }).prefault({}).describe("Size and change of what the E-models know."),
  cities: positiveCount(1000).default(60).describe("Places of general knowledge; people live in them."),
  employers: positiveCount(1000).default(60),
  contextFacts: z.strictObject({
    fewest: positiveCount(20).default(2), most: positiveCount(20).default(6),
  }).prefault({}).refine(({ fewest, most }) => fewest <= most, "have fewest no larger than most")
    .describe("Personal facts that a retrieval hands to P with a question: those needed, and distractors."),
  personalText: probabilityShares(["copy", "unknown", "consult", "combine", "chat", "prose"])
    .prefault({ copy: 0.4, unknown: 0.1, consult: 0.2, combine: 0.15, chat: 0.1, prose: 0.05 })
    .describe("What P's training texts practise: copying from context, saying that the context lacks it, asking an expert, using the expert's note, small talk, plain sentences."),
});

/** A parsed `world` section. */
export type WorldConfig = z.output<typeof worldSection>;
