/** plmm compare A B: two runs metric by metric, and whether the second is a regression. */
import type { Argv, CommandModule } from "yargs";
import { ConfigError } from "../../core/errors.js";
import { type ChangeRule, isBeyond, parseChangeRule } from "../../metrics/change-rule.js";
import { findMetric } from "../../metrics/find-metric.js";
import { METRICS } from "../../metrics/metric-catalogue.js";
import { FEWEST_REPLICATIONS } from "../../report/aggregate.js";
import { type ComparedMetric, compareRuns, type RunComparison } from "../../report/compare-runs.js";
import { renderRows, ROW_FORMATS, type RowFormat, type RowValue } from "../../report/render-rows.js";
import { loadComparedPoints } from "../../run/load-compared-points.js";

interface CompareArguments {
  readonly before: string;
  readonly after: string;
  readonly failOn: readonly string[] | undefined;
  readonly metric: readonly string[] | undefined;
  readonly all: boolean;
  readonly format: RowFormat;
}

const REGRESSION_EXIT_CODE = 3;
/** A difference with a larger p-value is taken for noise. */
const LEVEL = 0.05;

/** The compare command. */
export const command: CommandModule<object, CompareArguments> = {
  command: "compare <before> <after>",
  describe: "Compare two runs metric by metric; fail on a regression",
  builder: (parser: Argv) => parser
    .positional("before", { type: "string", demandOption: true, describe: "Run folder, or published results" })
    .positional("after", { type: "string", demandOption: true, describe: "The same; differences are after less before" })
    .option("fail-on", { type: "string", array: true, requiresArg: true, describe: "Exit code 3 when it holds at any point: 'ttft.p95>2%', 'correct.fraction<-0.01', 'worse(METRIC)>1%'; may be repeated" })
    .option("metric", { type: "string", array: true, requiresArg: true, describe: "Some metrics only; may be repeated" })
    .option("all", { type: "boolean", default: false, describe: "Also metrics that do not differ; csv and json have them always" })
    .option("format", { choices: ROW_FORMATS, default: "text" as const, describe: "How the table is printed" })
    .example("$0 compare out/main out/branch --fail-on 'worse(ttft.p95)>2%'", "A gate for a change of the code.")
    .example("$0 compare out/a out/b --metric money.perUserDay --format csv", "One metric, for programs.")
    .epilogue(EPILOGUE) as unknown as Argv<CompareArguments>,
  handler: ({ before, after, failOn, metric, all, format }) => {
    const rules = (failOn ?? []).map(parseChangeRule), metrics = (metric ?? METRICS.map(({ name }) => name)).map((name) => findMetric(name, "--metric").name);
    const wanted = [...new Set([...metrics, ...rules.map((rule) => rule.metric)])];
    const found = compareRuns(loadComparedPoints(before), loadComparedPoints(after), wanted);
    requireRows(found, rules);
    process.stdout.write(renderComparison(found, all, format));
    const broken = findBroken(found.rows, rules);
    for (const sentence of broken) process.stderr.write(`${sentence}\n`);
    if (broken.length > 0) process.exitCode = REGRESSION_EXIT_CODE;
  },
};

const EPILOGUE = `Points of the sweep are matched by label. Where both runs have the same seed, replications of equal number met the same people and
questions and are paired: Student's paired t and Wilcoxon's signed ranks; else Welch's t and rank sums. * marks p < 0.05 after Holm's
correction over all rows. --fail-on counts a difference beyond its bound unless it is noise (p of 0.05 or more, uncorrected).`;

/** @throws {ConfigError} when there is nothing to compare, or nothing that a rule asks for. */
function requireRows({ rows, onlyBefore, onlyAfter }: RunComparison, rules: readonly ChangeRule[]): void {
  if (rows.length === 0 && onlyBefore.length > 0) {
    throw new ConfigError({ subject: "the two runs", rule: "have a label in common", got: `${onlyBefore.join(", ")} and ${onlyAfter.join(", ")}`, hint: "See labels with: plmm status RUN" });
  }
  const absent = rules.find(({ metric }) => !rows.some((row) => row.metric === metric));
  if (absent === undefined) return;
  throw new ConfigError({ subject: "--fail-on", rule: "name a metric that both runs have at a point", got: absent.text, hint: "See what was found with: plmm table all --run RUN" });
}

/** A sentence for each point at which a rule holds. */
export function findBroken(rows: readonly ComparedMetric[], rules: readonly ChangeRule[]): string[] {
  return rules.flatMap((rule) => rows
    .filter(({ metric, before, difference, pValue, n }) => metric === rule.metric && isBeyond(rule, before.mean, difference) && (n < 2 || pValue < LEVEL))
    .map(({ label, before, difference, pValue, n }) =>
      `--fail-on ${rule.text} holds at ${label}: ${showChange(before.mean, difference)}${n < 2 ? " (one replication)" : ` (p = ${pValue.toPrecision(2)})`}.`));
}

function showChange(before: number, difference: number): string {
  const sign = difference > 0 ? "+" : "", own = `${sign}${Number(difference.toPrecision(3))}`;
  return before === 0 ? own : `${own}, ${sign}${((difference / Math.abs(before)) * 100).toFixed(2)}%`;
}

function renderComparison({ rows, onlyBefore, onlyAfter }: RunComparison, isAll: boolean, format: RowFormat): string {
  const isForPeople = format === "text" || format === "md";
  const shown = isForPeople && !isAll ? rows.filter(({ difference }) => difference !== 0) : rows;
  const table = isForPeople ? renderRows(PEOPLE_COLUMNS, shown.map(peopleRow), format) : renderRows(ALL_COLUMNS, shown.map(fullRow), format);
  return isForPeople ? `${table}\n${describeComparison(rows, shown.length, onlyBefore, onlyAfter).join("\n")}\n` : table;
}

const PEOPLE_COLUMNS: readonly string[] = ["label", "metric", "before", "after", "change", "difference", "±", "", "p (Holm)", "p Wilcoxon"];

function peopleRow({ label, metric, before, after, difference, halfWidth95, pHolm, pWilcoxon }: ComparedMetric): RowValue[] {
  const change = before.mean === 0 ? "" : `${((difference / Math.abs(before.mean)) * 100).toFixed(2)}%`;
  return [label, metric, before.mean, after.mean, change, difference, finite(halfWidth95), pHolm < LEVEL ? "*" : "", short(pHolm), short(pWilcoxon)];
}

const ALL_COLUMNS: readonly string[] = ["label", "metric", "before", "beforeHalfWidth95", "after", "afterHalfWidth95", "difference", "halfWidth95", "bootstrapLow", "bootstrapHigh", "pValue", "pHolm", "pWilcoxon", "isPaired", "n"];

function fullRow(row: ComparedMetric): RowValue[] {
  return [row.label, row.metric, row.before.mean, finite(row.before.halfWidth95), row.after.mean, finite(row.after.halfWidth95), row.difference, finite(row.halfWidth95),
    finite(row.bootstrap?.low), finite(row.bootstrap?.high), row.pValue, finite(row.pHolm), finite(row.pWilcoxon), row.isPaired, row.n];
}

function describeComparison(rows: readonly ComparedMetric[], shownCount: number, onlyBefore: readonly string[], onlyAfter: readonly string[]): string[] {
  const paired = rows.filter(({ isPaired }) => isPaired).length, fewest = Math.min(...rows.map(({ n }) => n));
  return [
    `${rows.length - shownCount} of ${rows.length} comparisons without any difference${shownCount < rows.length ? " are left out (--all shows them)" : ""}; ${paired} paired by common random numbers, ${rows.length - paired} independent (Welch).`,
    ...(fewest < FEWEST_REPLICATIONS ? [`Fewer than ${FEWEST_REPLICATIONS} replications (fewest: ${fewest}): intervals and p-values are doubtful. Run more with --reps.`] : []),
    ...(onlyBefore.length > 0 ? [`Only in the first run: ${onlyBefore.join(", ")}.`] : []), ...(onlyAfter.length > 0 ? [`Only in the second run: ${onlyAfter.join(", ")}.`] : []),
  ];
}

function finite(value: number | undefined): number | null { return value === undefined || !Number.isFinite(value) ? null : value; }

function short(p: number | undefined): number | null { return p === undefined || !Number.isFinite(p) ? null : Number(p.toPrecision(2)); }
