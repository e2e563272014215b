/**
 * `npm test`: installs and builds what is missing, then runs every check; `npm test -- --only lint,unit` some of them;
 * `npm test -- src/core --reporter=verbose` the unit tests only, with the words given to vitest.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { build, isBuildFresh } from "./build-dist.mjs";
import { ROOT, StepError, ensureInstalled, requireNode, runSteps, seconds } from "./prepare-checkout.mjs";

const VITEST = join("node_modules", "vitest", "vitest.mjs");
const ESLINT = join("node_modules", "eslint", "bin", "eslint.js");

/** In the order they run. `words` are given to node; the type check has none, it is the build. */
const CHECKS = [
  { name: "types", title: "Type check and build" },
  { name: "lint", title: "Lint", words: [ESLINT, "--max-warnings", "0", "."] },
  { name: "imports", title: "Import rule", words: ["dist/scripts/check-imports.js"] },
  { name: "names", title: "Name rule", words: ["dist/scripts/check-names.js"] },
  { name: "lengths", title: "Length rule", words: ["dist/scripts/check-lengths.js"] },
  { name: "docs", title: "Doc comments", words: ["dist/scripts/check-docs.js"] },
  { name: "unit", title: "Unit tests", words: [VITEST, "run"] },
  { name: "experiments", title: "Experiments in small form, published results", words: ["dist/src/cli/main.js", "reproduce", "all", "--check"] },
  { name: "readme", title: "README commands", words: ["dist/scripts/check-readme.js"] },
];

await runSteps(async () => {
  requireNode();
  const { names, vitestWords } = readWords(process.argv.slice(2));
  ensureInstalled();
  const outcomes = [];
  for (const check of CHECKS.filter(({ name }) => names.includes(name))) {
    outcomes.push(await runCheck(check, check.name === "unit" ? vitestWords : []));
  }
  process.exitCode = summarize(outcomes);
});

/** Splits the command line into the names of checks and words for vitest. */
function readWords(words) {
  const all = CHECKS.map(({ name }) => name);
  const [first, second, ...rest] = words;
  if (first === undefined) return { names: all, vitestWords: [] };
  const isOnly = first === "--only" || first.startsWith("--only=");
  if (!isOnly) return { names: ["types", "unit"], vitestWords: words };
  const list = first === "--only" ? second : first.slice("--only=".length);
  const names = (list ?? "").split(",");
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    throw new StepError(`--only must name checks out of ${all.join(", ")}; got "${unknown}".\nSeparate several by commas.`, 2);
  }
  const vitestWords = first === "--only" ? rest : words.slice(1);
  // Other checks run from dist, so they need a build.
  return { names: names.some((name) => name !== "lint") ? ["types", ...names] : names, vitestWords };
}

async function runCheck({ name, title, words }, moreWords) {
  console.log(`\n=== ${title} (${name})`);
  const startedAtMs = performance.now();
  const outcome = words === undefined ? { exitCode: isBuildFresh() ? 0 : build(), closing: [] } : await runNode([...words, ...moreWords]);
  console.log(`=== ${title}: ${outcome.exitCode === 0 ? "passed" : "FAILED"} in ${seconds(startedAtMs)} s`);
  return { title, name, ...outcome, durationS: seconds(startedAtMs) };
}

/** Runs node with `words`, shows its output as it comes and keeps vitest's closing lines. */
function runNode(words) {
  if (words[0].startsWith("dist") && !existsSync(join(ROOT, words[0]))) {
    console.error(`${words[0]} must exist; the type check above did not get as far as writing it.`);
    return Promise.resolve({ exitCode: 1, closing: [] });
  }
  return new Promise((resolve, reject) => {
    const colour = process.stdout.isTTY && process.env.NO_COLOR === undefined ? { FORCE_COLOR: "1" } : {};
    const child = spawn(process.execPath, words, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...colour } });
    const closing = [];
    let lastLine = "";
    child.stdout.on("data", (chunk) => {
      process.stdout.write(chunk);
      const lines = (lastLine + stripVTControlCharacters(chunk.toString())).split("\n");
      lastLine = lines.pop();
      closing.push(...lines.filter((line) => /^\s+(Test Files|Tests) {2}/.test(line)));
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ exitCode: code ?? 1, closing: closing.slice(-2) }));
  });
}

/** Prints one line per check and the closing lines of vitest. Returns the exit code. */
function summarize(outcomes) {
  console.log("\n=== Summary");
  for (const { title, exitCode, durationS } of outcomes) {
    console.log(`${exitCode === 0 ? "passed" : "FAILED"}  ${title} (${durationS} s)`);
  }
  const failed = outcomes.filter(({ exitCode }) => exitCode !== 0);
  if (failed.length > 0) console.log(`Repeat what failed: npm test -- --only ${failed.map(({ name }) => name).join(",")}`);
  for (const line of outcomes.flatMap(({ closing }) => closing)) console.log(line);
  return failed.length === 0 ? 0 : 1;
}
