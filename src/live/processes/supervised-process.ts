/** One process under supervision: started, asked for its health, started again after growing pauses when it ends or hangs. */
import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BugError, LimitError } from "../../core/errors.js";
import type { Log, LogEntry } from "../log-event.js";
import type { FromProcess, ProcessTask, ToProcess } from "./process-task.js";

/** How a process is watched. */
export interface Supervision {
  /** Asks the process on its port whether it is well. */
  readonly isHealthy: (task: ProcessTask, port: number) => Promise<boolean>;
  readonly log: Log;
  readonly onLog: (entry: LogEntry) => void;
  /** The process has started or ended. */
  readonly onChange: () => void;
}

const FIRST_PAUSE_MS = 200, LONGEST_PAUSE_MS = 10_000;
/** A process that lived so long begins again with the shortest pause. */
const STEADY_MS = 10_000;
const HEALTH_MS = 2000, HEALTH_FAILURES = 4;
const START_MS = 120_000, STOP_MS = 8000;
/** A process needs JavaScript, so it runs the built file also when this one is run from its source. */
const ENTRY = fileURLToPath(new URL("./worker-process.js", import.meta.url)).replace(/(?<!\/dist)\/src\/live\//, "/dist/src/live/");

/** Keeps a process running. */
export class SupervisedProcess {
  port: number;
  private child: ChildProcess | undefined;
  private isStopping = false;
  private pauseMs = FIRST_PAUSE_MS;
  private failures = 0;
  private healthTimer: NodeJS.Timeout | undefined;
  private pauseTimer: NodeJS.Timeout | undefined;
  private firstEnd: ((error: Error) => void) | undefined;

  constructor(private readonly task: ProcessTask, private readonly supervision: Supervision) { this.port = task.port; }

  get name(): string { return this.task.name; }
  get pid(): number | undefined { return this.child?.pid; }
  isReady: boolean = false;

  /** Starts it and waits until it is ready. A process that fails at its first start is not tried again. @throws {LimitError}. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.firstEnd = reject;
      this.launch(() => { this.firstEnd = undefined; resolve(); });
    });
  }

  /** Asks it to end, and ends it when it does not. */
  async stop(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.healthTimer);
    clearTimeout(this.pauseTimer);
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const isGone = new Promise<void>((resolve) => { child.once("exit", () => { resolve(); }); });
    this.say({ kind: "stop" });
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await isGone;
    clearTimeout(timer);
  }

  private launch(onReady: () => void): void {
    const isDebug = process.env["PLMM_LIVE_DEBUG"] === "1", startedAt = performance.now();
    const child = fork(ENTRY, [], { stdio: ["ignore", "ignore", isDebug ? "inherit" : "ignore", "ipc"], serialization: "advanced" });
    this.child = child;
    const timer = setTimeout(() => child.kill("SIGKILL"), START_MS);
    let failure: string | undefined;
    child.on("message", (message: FromProcess) => {
      if (message.kind === "log") this.supervision.onLog(message.entry);
      else if (message.kind === "failed") failure = message.message;
      else { clearTimeout(timer); this.ready(message.port); onReady(); }
    });
    child.once("exit", (code) => { clearTimeout(timer); this.ended(code, failure, performance.now() - startedAt); });
    child.once("error", () => undefined);
    this.say({ kind: "start", task: { ...this.task, port: this.port } });
  }

  private ready(port: number): void {
    this.port = port;
    this.isReady = true;
    this.failures = 0;
    this.supervision.log("ready", { port, ...(this.pid === undefined ? {} : { pid: this.pid }) });
    this.supervision.onChange();
    clearInterval(this.healthTimer);
    this.healthTimer = setInterval(() => { void this.lookAfter(); }, HEALTH_MS).unref();
  }

  private ended(code: number | null, failure: string | undefined, livedMs: number): void {
    this.isReady = false;
    clearInterval(this.healthTimer);
    if (this.isStopping) return;
    this.supervision.log("exited", { status: code ?? -1 });
    this.supervision.onChange();
    if (this.firstEnd !== undefined) {
      this.firstEnd(failure === undefined ? new BugError({ subject: `process ${this.name}`, rule: "start", got: code, hint: "Set PLMM_LIVE_DEBUG=1 to see why." })
        : new LimitError({ subject: `process ${this.name}`, rule: "start", got: code, hint: failure }));
      return;
    }
    this.pauseMs = livedMs > STEADY_MS ? FIRST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, 2 * this.pauseMs);
    this.supervision.log("restarting", { waitMs: this.pauseMs });
    this.pauseTimer = setTimeout(() => { this.launch(() => undefined); }, this.pauseMs);
  }

  private async lookAfter(): Promise<void> {
    const isWell = await this.supervision.isHealthy(this.task, this.port).catch(() => false);
    if (!this.isReady || this.isStopping) return;
    this.failures = isWell ? 0 : this.failures + 1;
    if (this.failures < HEALTH_FAILURES) return;
    this.supervision.log("unhealthy");
    this.child?.kill("SIGKILL");
  }

  private say(message: ToProcess): void { this.child?.send(message, () => undefined); }
}
