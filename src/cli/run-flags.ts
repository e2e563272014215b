/** Flags of the commands that run cells. */
import { availableParallelism } from "node:os";
import type { Argv } from "yargs";
import { ConfigError } from "../core/errors.js";

/** Flags as parsed. */
export interface RunFlags {
  readonly threads: number;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly report: boolean;
  readonly reps: number | undefined;
  readonly seed: number | undefined;
  readonly shuffleShards: number | undefined;
  readonly until: string | undefined;
}

/** Most replications of --until when --reps does not say. */
export const MOST_REPLICATIONS = 100;

/** Declares the flags that choose what is run and where it is kept. */
export function addStudyFlags<Arguments>(parser: Argv<Arguments>): Argv<Arguments & RunFlags> {
  return addRunFlags(parser)
    .option("out", { type: "string", requiresArg: true, describe: "Run folder; default out/<name of the study>" })
    .option("reps", { type: "number", requiresArg: true, describe: "Replications; default as the config says" })
    .option("until", { type: "string", requiresArg: true, describe: `Add replications until a rule holds at every point: 'rel_ci95(ttft.p95)<1%'; --reps is then the most, ${MOST_REPLICATIONS} without it` })
    .option("seed", { type: "number", requiresArg: true, describe: "Seed; default as the config says" })
    .group(["out", "reps", "until", "seed"], "How to run:") as unknown as Argv<Arguments & RunFlags>;
}

/** Declares the flags of every command that runs cells. */
export function addRunFlags<Arguments>(parser: Argv<Arguments>): Argv<Arguments & RunFlags> {
  return parser
    .option("threads", { type: "number", requiresArg: true, default: availableParallelism(), describe: "Threads; results do not depend on it" })
    .option("report", { type: "boolean", default: true, describe: "Print the headline table and write report.html" })
    .option("json", { type: "boolean", default: false, describe: "JSON lines: start, cell-started, cell-finished, cell-failed, progress with time left, round, end" })
    .option("shuffle-shards", { type: "number", requiresArg: true, describe: "Seed of the order in which threads take shards; results do not depend on it" })
    .group(["threads", "report", "json", "shuffle-shards"], "How to run:") as unknown as Argv<Arguments & RunFlags>;
}

const MOST_THREADS = 256;

/** @throws {ConfigError} unless --threads is a whole number from 1 to 256. */
export function checkThreads(threads: number): number {
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS)) {
    throw new ConfigError({ subject: "--threads", rule: `be a whole number from 1 to ${MOST_THREADS}`, got: threads, hint: "This machine has " + String(availableParallelism()) + "." });
  }
  return threads;
}

/** @throws {ConfigError} unless --shuffle-shards is a whole number from 0 to 4294967295. */
export function checkShuffle(seed: number): number {
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return seed;
  throw new ConfigError({ subject: "--shuffle-shards", rule: "be a whole number from 0 to 4294967295", got: seed, hint: "Results do not depend on it; leave it out for the usual order." });
}

/** Parses "i/n" of --shard. @throws {ConfigError} */
export function parsePart(text: string): { index: number; count: number } {
  const match = /^(\d+)\/(\d+)$/.exec(text), index = Number(match?.[1]), count = Number(match?.[2]);
  if (!(index >= 1 && index <= count)) {
    throw new ConfigError({ subject: "--shard", rule: "be i/n with 1 <= i <= n", got: text, hint: "The first of four parts: --shard 1/4" });
  }
  return { index, count };
}
