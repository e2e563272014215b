/** `npm start`: installs and builds what is missing, runs configs/quickstart.yaml, and asks the P-model that ships a question. Words after `--` go to the run. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT, StepError, ensureBuilt, ensureInstalled, requireNode, runSteps, seconds } from "./prepare-checkout.mjs";

const COMMAND_FILE = join(ROOT, "dist", "src", "cli", "main.js");
const CONFIG = "configs/quickstart.yaml";

await runSteps(async () => {
  requireNode();
  ensureInstalled();
  ensureBuilt();
  const startedAtMs = performance.now();
  for (const words of [["run", CONFIG, ...process.argv.slice(2)], ["models", "ask"]]) await requireCommand(words);
  const report = newestReport(join(ROOT, "out"));
  console.log(`\nFinished in ${seconds(startedAtMs)} s.`
    + (report === undefined ? "" : ` Open the report in a browser: ${relative(ROOT, report)}`)
    + "\nMore commands: npx plmm --help");
});

/** Runs plmm and stops here when it fails. */
async function requireCommand(words) {
  console.log(`\nplmm ${words.join(" ")}\n`);
  const exitCode = await runCommand(words);
  process.exitCode = exitCode;
  if (exitCode !== 0) throw new StepError(`\nplmm ${words.join(" ")} ended with exit code ${exitCode}.`, exitCode);
}

/** Runs plmm in a process of its own. Ctrl-C reaches it through the terminal; this process waits for its farewell. */
function runCommand(words) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND_FILE, ...words], { cwd: ROOT, stdio: "inherit" });
    process.on("SIGINT", () => {});
    process.on("SIGTERM", () => child.kill("SIGTERM"));
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 1)));
  });
}

/** The report.html written last below `folder`. */
function newestReport(folder) {
  if (!existsSync(folder)) return undefined;
  const reports = readdirSync(folder, { recursive: true }).filter((path) => path.endsWith("report.html")).map((path) => join(folder, path));
  const writtenAtMs = (path) => statSync(path).mtimeMs;
  return reports.sort((a, b) => writtenAtMs(b) - writtenAtMs(a))[0];
}
