/** What run, sweep and resume have in common: run a study with progress and Ctrl-C, then say what it found. */
import { join } from "node:path";
import { expandStudy } from "../config/plan.js";
import type { Study } from "../config/scenario-schema.js";
import type { SweepDesign } from "../config/sweep-design.js";
import { estimateCapacity } from "../tiers/estimate-capacity.js";
import { ConfigError } from "../core/errors.js";
import { parsePrecisionRule } from "../metrics/precision-rule.js";
import { runStudy, type StudyOutcome } from "../run/run-study.js";
import type { CellEvent, StudyProgress } from "../run/study-progress.js";
import { describeWidest, isPrecise, planUntil, runUntil, type UntilOutcome, type UntilPlan, type UntilRound } from "../run/run-until.js";
import { summarizeCells } from "../report/aggregate.js";
import { FIGURES } from "../report/figure-catalogue.js";
import { renderPng, renderSvg } from "../report/render-figure.js";
import { renderTable } from "../report/render-table.js";
import { makeTable } from "../report/table.js";
import { LIGHT_THEME } from "../report/theme.js";
import { writeReport } from "../report/write-report.js";
import { writeWhole } from "../run/write-cell.js";
import { loadRun, loadStoredStudy } from "../run/load-cells.js";
import { checkShuffle, checkThreads, MOST_REPLICATIONS, parsePart, type RunFlags } from "./run-flags.js";
import { type DesignArguments, loadStudyOf, readDesign, type StudyArguments } from "./study-arguments.js";
import { chooseStyle, formatSeconds, ProgressBar } from "./progress-bar.js";

/** What to run. */
interface ExecuteOptions extends RunFlags {
  readonly study: Study;
  readonly design: SweepDesign;
  readonly folder: string;
  readonly part?: { readonly index: number; readonly count: number };
  readonly plan?: UntilPlan;
}

const EXIT = { ok: 0, someFailed: 1, limit: 4, interrupted: 130 } as const;

/** The study that the arguments name, with --reps and --seed. @throws {ConfigError} */
export function loadStudyWith(args: StudyArguments & Pick<RunFlags, "reps" | "seed">): Study {
  const flags = [...(args.reps === undefined ? [] : [`replications=${args.reps}`]), ...(args.seed === undefined ? [] : [`seed=${args.seed}`])];
  return loadStudyOf({ ...args, set: [...(args.set ?? []), ...flags] });
}

/** Runs the study of a config. Returns the exit code. */
export async function executeConfig(args: StudyArguments & DesignArguments & RunFlags, shard?: string): Promise<number> {
  const plan = args.until === undefined ? {} : { plan: planOf(args, args.until, shard) };
  const study = loadStudyWith(args.until === undefined ? args : { ...args, reps: undefined });
  return execute({
    ...args, ...plan, study, design: readDesign(args), folder: args.out ?? join("out", study.name),
    ...(shard === undefined ? {} : { part: parsePart(shard) }),
  });
}

/** The rule of --until between the config's replications and --reps. @throws {ConfigError} */
function planOf(args: StudyArguments & RunFlags, text: string, shard: string | undefined): UntilPlan {
  if (shard !== undefined) {
    throw new ConfigError({ subject: "--until", rule: "stand without --shard", got: shard, hint: "A part of the plan cannot tell whether the whole is precise enough. Give --reps." });
  }
  const rule = parsePrecisionRule(text), most = loadStudyWith({ ...args, reps: args.reps ?? MOST_REPLICATIONS }).replications;
  return planUntil(rule, loadStudyWith({ ...args, reps: undefined }).replications, most);
}

/** Runs what a run folder still lacks. Returns the exit code. */
export async function executeFolder(folder: string, flags: RunFlags): Promise<number> {
  const { study, design, until } = loadStoredStudy(folder);
  return execute({ ...flags, study, design, folder, ...(until === undefined ? {} : { plan: { ...until, rule: parsePrecisionRule(until.rule) } }) });
}

async function execute(options: ExecuteOptions): Promise<number> {
  const { study, design, folder, part, shuffleShards, plan } = options, cells = expandStudy(study, design, estimateCapacity);
  const stop = new AbortController(), startedAtMs = performance.now(), bar = new ProgressBar(chooseStyle(options.json));
  const interrupt = (): void => {
    process.stderr.write("\nStopping after the window in progress. Finished cells are kept.\n");
    stop.abort();
  };
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  const task = {
    study, design, out: folder, threads: checkThreads(options.threads), signal: stop.signal, onProgress: (progress: StudyProgress) => { bar.show(progress); },
    onCell: (event: CellEvent) => { bar.showCell(event); },
    ...(part === undefined ? {} : { part }), ...(shuffleShards === undefined ? {} : { claimSeed: checkShuffle(shuffleShards) }),
  };
  bar.tell({ event: "start", study: study.name, out: folder, replications: plan?.least ?? study.replications, until: plan?.rule.text ?? null });
  const outcome: StudyOutcome & Partial<UntilOutcome> = plan === undefined ? await runStudy({ ...task, cells })
    : await runUntil(task, plan, (round) => { bar.endRound(describeRound(round), { event: "round", ...round }); });
  bar.end();
  process.removeListener("SIGINT", interrupt).removeListener("SIGTERM", interrupt);
  await sayEnd(options, outcome, (performance.now() - startedAtMs) / 1000);
  return exitCodeOf(outcome);
}

function exitCodeOf({ isStopped, failedCount, lastRound }: StudyOutcome & Partial<UntilOutcome>): number {
  if (isStopped) return EXIT.interrupted;
  if (failedCount > 0) return EXIT.someFailed;
  return lastRound === undefined || isPrecise(lastRound) ? EXIT.ok : EXIT.limit;
}

function describeRound({ replications, widest, next }: UntilRound): string {
  return `${replications} replications: ${describeWidest(widest)}; ${next === undefined ? (widest.excess < 1 ? "precise enough" : "no more replications allowed") : `${next} next`}.`;
}

async function sayEnd(options: ExecuteOptions, outcome: StudyOutcome & Partial<UntilOutcome>, wallS: number): Promise<void> {
  const { folder: out, json } = options;
  for (const failure of outcome.failures) process.stderr.write(`Cell ${failure.label}, replication ${failure.replication}, failed.\n${failure.message}\n`);
  const stored = outcome.doneCount + outcome.reusedCount;
  if (stored > 0 && options.report) {
    const run = loadRun(out);
    if (!json) process.stdout.write(`${renderTable(makeTable("five-answers", run.cells), "text")}\n\n`);
    await writeReport(run, join(out, "report.html"));
    await writeFrontier(run.cells, out);
  }
  if (json) {
    const { user, system } = process.cpuUsage(), questions = loadRun(out).cells.reduce((sum, { findings }) => sum + (findings.metrics["questions"] ?? 0), 0);
    process.stdout.write(`${JSON.stringify({ event: "end", out, wallS, cpuS: (user + system) / 1e6, maxRssBytes: process.resourceUsage().maxRSS * 1024, questions, ...outcome })}\n`);
    return;
  }
  process.stdout.write(`${outcome.doneCount} cells run${outcome.reusedCount > 0 ? `, ${outcome.reusedCount} taken from ${out}` : ""} in ${formatSeconds(wallS)}, `
    + `${(outcome.events / 1e6).toFixed(1)}M events.\n`);
  if (outcome.lastRound !== undefined) process.stdout.write(`${describeRound(outcome.lastRound)}\n`);
  if (stored > 0 && options.report) process.stdout.write(`figure: ${join(out, "frontier.png")}\nreport: ${join(out, "report.html")}\n`);
  if (outcome.recordsSha256 !== undefined) process.stdout.write(`records sha256: ${outcome.recordsSha256}\n`);
  else process.stdout.write(`Not complete. Go on with: plmm resume ${out}\n`);
}

/** The picture of the run: leakage against latency and money, as SVG and PNG. */
async function writeFrontier(cells: Parameters<typeof summarizeCells>[0], out: string): Promise<void> {
  const figure = FIGURES.frontier.make(summarizeCells(cells), LIGHT_THEME);
  if (figure === undefined) return;
  const svg = await renderSvg(figure);
  writeWhole(join(out, "frontier.svg"), new TextEncoder().encode(svg));
  writeWhole(join(out, "frontier.png"), renderPng(svg));
}
