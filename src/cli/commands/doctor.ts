/**
 * plmm doctor: what of this machine and this installation plmm can use, with the next step for what is missing.
 * Parts in native code are tried in processes of their own, so that a crash of one is a line of the table and not its end.
 */
import { execFile } from "node:child_process";
import { existsSync, statfsSync } from "node:fs";
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Argv, CommandModule } from "yargs";

interface DoctorArguments { readonly json?: boolean }

/** The doctor command. */
export const command: CommandModule<object, DoctorArguments> = {
  command: "doctor",
  describe: "Check this machine and installation, and say what to do about what is missing",
  builder: (parser: Argv) => parser
    .option("json", { type: "boolean", describe: "JSON for programs" })
    .epilogue("Exit code 1 when something is missing that the default run needs, else 0.") as Argv<DoctorArguments>,
  handler: async ({ json }) => {
    const findings = await measureMachine();
    const isUsable = findings.every(({ status }) => status !== "fail");
    process.stdout.write(json === true ? `${JSON.stringify({ isUsable, findings }, undefined, 2)}\n` : renderFindings(findings, process.stdout.isTTY));
    if (!isUsable) process.exitCode = 1;
  },
};

/** One line of the table. `fail`: the default run cannot work; `warn`: one command or an option cannot. */
export interface MachineFinding {
  readonly subject: string;
  readonly status: "ok" | "warn" | "fail";
  /** What was found, in words. */
  readonly found: string;
  /** What to do; absent when there is nothing to do. */
  readonly next?: string;
}

const OLDEST_NODE: readonly [major: number, minor: number] = [20, 19];
const TESTED_NODE_MAJORS: readonly number[] = [20, 22, 24];
const GB = 1e9;
/** The default run peaks below this; a million clients stay below the larger one. */
const NEEDED_MEMORY_BYTES = 0.6 * GB;
const USUAL_MEMORY_BYTES = 3 * GB;
const NEEDED_DISK_BYTES = 0.1 * GB;
const USUAL_DISK_BYTES = 2 * GB;
const LONGEST_TRIAL_MS = 60_000;
const REINSTALL = "Run: npm ci";

/** All lines of the table. Takes one or two seconds: every part in native code is loaded and used once. */
export async function measureMachine(): Promise<MachineFinding[]> {
  const trials = await Promise.all(TRIALS.map(tryPart));
  return [
    judgeNode(process.versions.node), judgeProcessor(availableParallelism(), cpus()[0]?.model ?? "unknown model"),
    judgeMemory(usableMemoryBytes(), freemem()), judgeDisk(freeDiskBytes()), ...trials, judgeDataFolder(process.env["PLMM_DATA"]),
  ];
}

/** Judges the version of Node, as in process.versions.node. */
export function judgeNode(version: string): MachineFinding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isRecent = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  if (!isRecent) return { subject: "Node.js", status: "fail", found: version, next: `Install Node ${OLDEST_NODE.join(".")} or later from https://nodejs.org` };
  const isTested = TESTED_NODE_MAJORS.includes(major);
  return isTested ? { subject: "Node.js", status: "ok", found: version }
    : { subject: "Node.js", status: "warn", found: `${version}; tested are ${TESTED_NODE_MAJORS.join(", ")}`, next: "Use a tested version if something fails" };
}

function judgeProcessor(coreCount: number, model: string): MachineFinding {
  const found = `${coreCount} ${coreCount === 1 ? "core" : "cores"}, ${model.trim()}`;
  return coreCount > 1 ? { subject: "processor", status: "ok", found }
    : { subject: "processor", status: "warn", found, next: "Runs use one thread; give the container a second core" };
}

/** Judges memory. Bytes; `freeBytes` is shown only, systems lend free memory to caches. */
export function judgeMemory(usableBytes: number, freeBytes: number): MachineFinding {
  const found = `${formatGb(usableBytes)} usable, ${formatGb(Math.min(freeBytes, usableBytes))} free`;
  if (!(usableBytes >= NEEDED_MEMORY_BYTES)) {
    return { subject: "memory", status: "fail", found, next: `Give the process at least ${formatGb(NEEDED_MEMORY_BYTES)}` };
  }
  return usableBytes >= USUAL_MEMORY_BYTES ? { subject: "memory", status: "ok", found }
    : { subject: "memory", status: "warn", found, next: `configs/million.yaml and model runs need about ${formatGb(USUAL_MEMORY_BYTES)}` };
}

/** Judges the free space of the disk of the working folder. Bytes; undefined when the system does not tell. */
export function judgeDisk(freeBytes: number | undefined): MachineFinding {
  if (freeBytes === undefined) return { subject: "free disk", status: "warn", found: "the system does not tell", next: "Make sure that results find room" };
  const found = `${formatGb(freeBytes)} in ${process.cwd()}`;
  if (!(freeBytes >= NEEDED_DISK_BYTES)) {
    return { subject: "free disk", status: "fail", found, next: `Free at least ${formatGb(NEEDED_DISK_BYTES)}, or give --out on another disk` };
  }
  return freeBytes >= USUAL_DISK_BYTES ? { subject: "free disk", status: "ok", found }
    : { subject: "free disk", status: "warn", found, next: "Large sweeps and model files need more; give --out on another disk" };
}

/** Judges PLMM_DATA, the folder of data sets of others that tests compare with. */
export function judgeDataFolder(folder: string | undefined): MachineFinding {
  if (folder === undefined || folder === "") {
    return { subject: "PLMM_DATA", status: "ok", found: "not set; tests on data sets of others are left out", next: "Set it to a folder with these data sets to run them" };
  }
  return existsSync(folder) ? { subject: "PLMM_DATA", status: "ok", found: folder }
    : { subject: "PLMM_DATA", status: "warn", found: `${folder} does not exist`, next: "Correct the variable or unset it" };
}

/** Memory the process may use: that of the machine, or the limit of the container. */
function usableMemoryBytes(): number {
  const limitBytes = process.constrainedMemory();
  return limitBytes > 0 ? Math.min(limitBytes, totalmem()) : totalmem();
}

function freeDiskBytes(): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(process.cwd());
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

function formatGb(bytes: number): string {
  return `${(bytes / GB).toFixed(1)} GB`;
}

/** A part tried in a process of its own. */
interface Trial {
  readonly subject: string;
  /** `fail` when the default run needs it. */
  readonly otherwise: "warn" | "fail" | "ok";
  readonly file: string;
  readonly words: readonly string[];
  /** Written to the standard input of the process. */
  readonly input?: string;
  readonly next: string;
}

/**
 * Code that prints what it found on its last line. Packages are found from the folder of this file. It goes through standard
 * input: node-llama-cpp starts a process of its own and hands on the flags of this one, which an --eval would spoil.
 */
function nodeTrial(subject: string, otherwise: Trial["otherwise"], code: string, next: string): Trial {
  return { subject, otherwise, file: process.execPath, words: ["-"], input: `(async () => {${code}\n})();`, next };
}

const TRIALS: readonly Trial[] = [
  nodeTrial("worker threads", "fail", `
    const { Worker } = require("node:worker_threads");
    const shared = new SharedArrayBuffer(4);
    const worker = new Worker("const { workerData } = require('node:worker_threads'); Atomics.store(new Int32Array(workerData), 0, 42);",
      { eval: true, workerData: shared });
    worker.on("exit", () => {
      if (Atomics.load(new Int32Array(shared), 0) !== 42) throw new Error("a thread did not write to shared memory");
      console.log("threads share memory");
    });`, "Run outside of sandboxes that forbid threads or SharedArrayBuffer"),
  nodeTrial("pictures (resvg)", "fail", `
    const { Resvg } = await import("@resvg/resvg-js");
    const png = new Resvg("<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/>").render().asPng();
    if (png.length < 50) throw new Error("the picture is empty");
    console.log("draws PNG");`, REINSTALL),
  nodeTrial("DuckDB", "warn", `
    const { DuckDBInstance, version } = await import("@duckdb/node-api");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const rows = (await connection.runAndReadAll("select 6 * 7")).getRows();
    if (Number(rows[0][0]) !== 42) throw new Error("select 6 * 7 gave " + rows[0][0]);
    console.log("DuckDB " + version());`, `${REINSTALL} (plmm query needs it)`),
  nodeTrial("onnxruntime-node", "warn", `
    const runtime = require("onnxruntime-node");
    console.log("backends " + runtime.listSupportedBackends().map(({ name }) => name).join(", "));`,
    `${REINSTALL} (training and ONNX models need it; simulations do not)`),
  nodeTrial("node-llama-cpp", "warn", `
    const { getLlama } = await import("node-llama-cpp");
    const llama = await getLlama({ build: "never", progressLogs: false });
    console.log((llama.gpu === false ? "CPU" : llama.gpu) + ", " + llama.cpuMathCores + " cores for arithmetic");
    await llama.dispose();`, `${REINSTALL} (GGUF models need it; simulations do not)`),
  nodeTrial("tfjs-node", "ok", `
    const { version } = await import("@tensorflow/tfjs-node");
    console.log("TensorFlow " + version["tfjs-node"]);`, "Optional: npm install --no-save --ignore-scripts=false @tensorflow/tfjs-node"),
  { subject: "git", otherwise: "warn", file: "git", words: ["--version"], next: "Install git, so that results name the commit they came from" },
];

function tryPart(trial: Trial): Promise<MachineFinding> {
  const cwd = dirname(fileURLToPath(import.meta.url));
  return new Promise((resolve) => {
    const child = execFile(trial.file, trial.words, { cwd, timeout: LONGEST_TRIAL_MS, encoding: "utf8" }, (error, stdout, stderr) => {
      const lines = stdout.trim().split("\n");
      resolve(error === null ? { subject: trial.subject, status: "ok", found: lines[lines.length - 1] ?? "" }
        : { subject: trial.subject, status: trial.otherwise, found: describeFault(error, stderr), next: trial.next });
    });
    // A program that does not exist has no input to end; its fault arrives above.
    child.stdin?.on("error", () => undefined).end(trial.input ?? "");
  });
}

/** Why a trial failed, in one line. */
export function describeFault(error: { readonly code?: number | string | null | undefined; readonly signal?: string | null | undefined; readonly killed?: boolean | undefined },
  stderr: string): string {
  if (error.code === "ENOENT" || /ERR_MODULE_NOT_FOUND/.test(stderr)) return "not installed";
  if (error.killed === true) return `no answer within ${LONGEST_TRIAL_MS / 1000} s`;
  if (typeof error.signal === "string") return `crashed with ${error.signal}`;
  const line = stderr.split("\n").map((text) => text.trim()).find((text) => /^(\w*Error\b|\[?\w*Error)/.test(text));
  return line ?? `ended with exit code ${String(error.code)}`;
}

const COLOURS = { ok: 32, warn: 33, fail: 31 } as const;

/** The table as text. Colours only when asked and NO_COLOR is not set. */
export function renderFindings(findings: readonly MachineFinding[], isTerminal: boolean): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length)) + 2;
  const isColoured = isTerminal && process.env["NO_COLOR"] === undefined;
  const lines = findings.flatMap(({ subject, status, found, next }) => {
    const word = isColoured ? `\u001b[${COLOURS[status]}m${status.padEnd(6)}\u001b[0m` : status.padEnd(6);
    return [`${word}${subject.padEnd(width)}${found}`, ...(next === undefined ? [] : [`${" ".repeat(6 + width)}${next}.`])];
  });
  const failed = findings.filter(({ status }) => status === "fail").map(({ subject }) => subject);
  const verdict = failed.length === 0 ? "The default run can work here: npm start" : `The default run needs: ${failed.join(", ")}.`;
  return `${lines.join("\n")}\n\n${verdict}\n`;
}
