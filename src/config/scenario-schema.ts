/**
 * The one description of a scenario: keys, units, ranges, defaults, meaning. The JSON Schema for editors, the
 * command line and the frozen Scenario all come from here.
 */
import { z } from "zod";
import { count, positiveCount } from "./quantities.js";
import { marketSection } from "./sections/market-section.js";
import { devicesSection, personalModelSection } from "./sections/device-section.js";
import { networkSection, protocolSection } from "./sections/network-section.js";
import { observationSection, pricesSection, qualitySection, recordsSection, retrySection } from "./sections/outcome-section.js";
import type { tokenLengths } from "./sections/population-section.js";
import { populationSection } from "./sections/population-section.js";
import { routingSection } from "./sections/routing-section.js";
import { simulationSection } from "./sections/simulation-section.js";
import { tiersSection } from "./sections/tier-section.js";
import { worldSection } from "./sections/world-section.js";

/** One cell's worth of world: everything a run depends on but the seed and the replication. */
export const scenarioSchema = z.strictObject({
  simulation: simulationSection.prefault({}).describe("Clock, shards and bounds of a run."),
  population: populationSection.prefault({}).describe("Who asks what, and when."),
  devices: devicesSection.prefault({}).describe("The phones of the fleet."),
  personalModel: personalModelSection.prefault({}).describe("The P-model on the phones."),
  network: networkSection.prefault({}).describe("Links between phone, relay and tiers."),
  protocol: protocolSection.prefault({}).describe("What leaves the phone, and in which shape."),
  tiers: tiersSection.prefault({}).describe("The E and T servers."),
  routing: routingSection.prefault({ kind: "cascade" }).describe("How P chooses who answers."),
  quality: qualitySection.prefault({}).describe("How often each answerer is right."),
  retry: retrySection.prefault({}).describe("Time limits, retries and the fallback."),
  prices: pricesSection.prefault({}).describe("Which prices apply."),
  market: marketSection.prefault({}).describe("What the participation market assumes beside what a cell measures."),
  records: recordsSection.prefault({}).describe("Which rows are kept."),
  observation: observationSection.prefault({}).describe("What the attacks see."),
  world: worldSection.prefault({}).describe("The synthetic people and facts that models are trained and asked on; the simulated fleet does not read it."),
});

/** Random streams number replications below 2048. */
const MOST_REPLICATIONS = 2048;

/** Not all digits, so that conditions keep the order in which they are written. */
const conditionName = z.string().max(60).regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/, "be lower case words joined by hyphens, the first letter not a digit");

/** Some sections of a scenario, each in part. Parsed when laid on a scenario: what it means depends on what lies below. */
const partialScenario = z.record(z.string(), z.unknown()).meta({ partOf: scenarioSchema });

/** What a config file holds: a scenario, how often to run it, and what to vary. */
export const studySchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "be lower case words joined by hyphens").max(80).describe("Name of the study and of its results folder."),
  description: z.string().default("").describe("What the study stands for."),
  seed: count(2 ** 32 - 1).default(1).describe("Of all random streams. Equal seeds and replications give equal results."),
  replications: positiveCount(MOST_REPLICATIONS).default(10).describe("Runs of each variant with different random numbers. Intervals need 10 or more."),
  conditions: z.record(conditionName, partialScenario).default({})
    .describe("Circumstances by name, each with the keys that it changes, in any sections; {} changes none. Every variant of the sweep runs under each of them; the sweep's values win."),
  sweep: z.record(z.string(), z.array(z.unknown()).min(1).max(10_000)).default({})
    .describe("Axes: a config path and the values it takes. The cells are all combinations."),
  ...scenarioSchema.shape,
});

/** Log-normal numbers of tokens; the defaults come from a data set when a study is loaded. */
type TokenLengths = z.output<typeof tokenLengths>;
type ParsedScenario = z.output<typeof scenarioSchema>;
type ParsedStudy = z.output<typeof studySchema>;
type FilledPopulation = Omit<ParsedScenario["population"], "promptTokens" | "answerTokens"> & {
  promptTokens: TokenLengths;
  answerTokens: TokenLengths;
};

/** Read-only all the way down, as the loader's freezing makes it. */
export type DeepReadonly<Value> = Value extends object ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> } : Value;

/** The frozen tree that a run reads. All quantities are in the base unit that the key names. */
export type Scenario = DeepReadonly<Omit<ParsedScenario, "population"> & { population: FilledPopulation }>;
/** A normalised config file. */
export type Study = DeepReadonly<Omit<ParsedStudy, "population"> & { population: FilledPopulation }>;
/** Routing variants. */
export type RoutingConfig = Scenario["routing"];
/** One pool of E or T replicas. */
export type PoolConfig = Scenario["tiers"]["expert"];
