/**
 * A study with as many replications as a rule of precision asks for. Rounds of a whole number of replications each: after a round the
 * rule is looked at, and the next round is sized by the law that an interval shrinks with the root of the replications. All points of
 * the sweep get the same replications, so they stay paired. Nothing depends on threads or on stops: a study taken up again goes
 * through the same rounds, its stored cells taken as they are.
 */
import { expandStudy } from "../config/plan.js";
import { ConfigError } from "../core/errors.js";
import { type PrecisionRule, type PrecisionTerm, precisionOf } from "../metrics/precision-rule.js";
import { estimateCapacity } from "../tiers/estimate-capacity.js";
import { FEWEST_REPLICATIONS, summarizeCells, type Summary } from "../report/aggregate.js";
import { loadRun } from "./load-cells.js";
import { runStudy, type StudyOutcome, type StudyTask } from "./run-study.js";
import { writeRunManifest } from "./write-cell.js";

/** When to stop adding replications. */
export interface UntilPlan {
  readonly rule: PrecisionRule;
  /** Replications of the first round. */
  readonly least: number;
  /** No more than these. */
  readonly most: number;
}

/** The condition that is farthest from holding. */
export interface WidestTerm {
  readonly term: PrecisionTerm;
  readonly label: string;
  /** The measure over its bound: the condition holds below 1. */
  readonly excess: number;
}

/** A round that has ended. */
export interface UntilRound {
  readonly replications: number;
  readonly widest: WidestTerm;
  /** Replications of the next round; undefined when there is none. */
  readonly next: number | undefined;
}

/** How a study with a rule ended. */
export interface UntilOutcome extends StudyOutcome {
  /** The last round; undefined when the first did not end. */
  readonly lastRound: UntilRound | undefined;
}

/** Replications of the first round: what the config says, ten at least, and never more than the most. */
export function planUntil(rule: PrecisionRule, configured: number, most: number): UntilPlan {
  return { rule, least: Math.min(most, Math.max(configured, FEWEST_REPLICATIONS)), most };
}

/**
 * Runs rounds until the rule holds at every point or the most replications are done.
 *
 * @param task Its cells and its study's replications are set here.
 * @throws {ConfigError} when no point of the run has a metric of the rule.
 */
export async function runUntil(task: Omit<StudyTask, "cells">, plan: UntilPlan, onRound: (round: UntilRound) => void): Promise<UntilOutcome> {
  let replications = plan.least, lastRound: UntilRound | undefined, total: StudyOutcome | undefined;
  for (;;) {
    const study = { ...task.study, replications };
    const until = { rule: plan.rule.text, least: plan.least, most: plan.most };
    total = addOutcome(total, await runStudy({ ...task, study, cells: expandStudy(study, task.design, estimateCapacity), until }));
    if (!total.isComplete) return { ...total, lastRound };
    lastRound = judgeRound(plan, replications, summarizeCells(loadRun(task.out).cells));
    onRound(lastRound);
    if (lastRound.next === undefined) break;
    replications = lastRound.next;
  }
  noteRule(task.out, plan, lastRound);
  return { ...total, lastRound };
}

/** Counts of all rounds; cells of earlier rounds are no longer "taken from the folder". */
function addOutcome(earlier: StudyOutcome | undefined, now: StudyOutcome): StudyOutcome {
  return earlier === undefined ? now : { ...now, doneCount: earlier.doneCount + now.doneCount, reusedCount: earlier.reusedCount, events: earlier.events + now.events };
}

/** The widest condition after a round and what follows from it. */
export function judgeRound({ rule, most }: UntilPlan, replications: number, summary: Summary): UntilRound {
  const widest = rule.terms.map((term) => widestOf(term, summary)).reduce((a, b) => (b.excess > a.excess ? b : a));
  if (widest.excess < 1 || replications >= most) return { replications, widest, next: undefined };
  const expected = Math.ceil(replications * widest.excess ** 2);
  return { replications, widest, next: Math.min(most, Math.max(replications + 1, Math.min(2 * replications, expected))) };
}

function widestOf(term: PrecisionTerm, { labels }: Summary): WidestTerm {
  const found = labels.flatMap(({ label, metrics }) => {
    const estimate = metrics[term.metric];
    return estimate === undefined ? [] : [{ term, label, excess: precisionOf(term, estimate) / term.bound }];
  });
  if (found.length > 0) return found.reduce((a, b) => (b.excess > a.excess ? b : a));
  throw new ConfigError({ subject: "--until", rule: "name a metric that the run finds", got: term.metric, hint: "See what it finds with: plmm table all" });
}

/** Whether the rule held at the end. */
export function isPrecise({ widest }: UntilRound): boolean { return widest.excess < 1; }

/** "rel_ci95(ttft.p95) is 1.8% at cascade". */
export function describeWidest({ term: { measure, metric, bound }, label, excess }: WidestTerm): string {
  const value = excess * bound, shown = measure === "rel_ci95" ? `${(value * 100).toPrecision(3)}%` : value.toPrecision(3);
  return `${measure}(${metric}) is ${Number.isFinite(value) ? shown : "not known"} at ${label}`;
}

/** Leaves the rule's doubts in the manifest. */
function noteRule(out: string, { rule, most }: UntilPlan, round: UntilRound): void {
  const { manifest } = loadRun(out);
  if (manifest === undefined) return;
  const doubt = isPrecise(round) ? `Replications were added until ${rule.text} held, at ${round.replications}; intervals that decide on their own end are a little too short.`
    : `${rule.text} does not hold with ${most} replications, the most allowed: ${describeWidest(round.widest)}.`;
  writeRunManifest(out, { ...manifest, warnings: [...manifest.warnings, doubt] });
}
