/**
 * The entry of every process of a live system. It hears its task from its parent, never from arguments or the environment, where other
 * processes could read it; it ends when the parent is gone. What it writes goes through the log, which holds no texts.
 */
import { PlmmError } from "../../core/errors.js";
import { errorClassOf, type Log } from "../log-event.js";
import type { LiveServer } from "../transport/serve-protocol.js";
import { startRole } from "./start-role.js";
import type { FromProcess, ToProcess } from "./process-task.js";

const BUG_EXIT_CODE = 70;
let server: LiveServer | undefined, name = "process";

const say = (message: FromProcess): void => { process.send?.(message, () => undefined); };
const log: Log = (event, fields = {}) => { say({ kind: "log", entry: { atMs: Date.now(), process: name, event, ...fields } }); };

async function start(message: Extract<ToProcess, { kind: "start" }>): Promise<void> {
  name = message.task.name;
  try {
    server = await startRole(message.task, log);
    say({ kind: "ready", port: server.port });
  } catch (error) {
    // Faults of the start are of files, ports and models, never of what people said.
    say({ kind: "failed", message: error instanceof PlmmError ? error.message : `${errorClassOf(error)}: ${(error as NodeJS.ErrnoException).code ?? ""}` });
    process.exitCode = error instanceof PlmmError ? error.exitCode : BUG_EXIT_CODE;
    process.disconnect();
  }
}

async function stop(): Promise<void> {
  await server?.close();
  process.exit();
}

process.on("message", (message: ToProcess) => { void (message.kind === "start" ? start(message) : stop()); });
process.on("disconnect", () => { process.exit(); });
// The parent decides when a terminal's Ctrl-C ends its children.
process.on("SIGINT", () => undefined);
process.on("uncaughtException", (error) => { crash(error); });
process.on("unhandledRejection", (error) => { crash(error); });

function crash(error: unknown): void {
  log("crashed", { errorClass: errorClassOf(error) });
  if (process.env["PLMM_LIVE_DEBUG"] === "1") process.stderr.write(`${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  setTimeout(() => { process.exit(BUG_EXIT_CODE); }, 100).unref();
}
