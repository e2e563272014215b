/**
 * Log entries. A field is a number or a word out of a fixed list: what people say and who they are cannot be put into one, so no log
 * can give it away.
 */
import type { RefusalReason } from "../protocol/protocol-error.js";
import type { AreaName } from "../world/knowledge/knowledge-area.js";

/** What happened. */
export type LogEventName =
  | "started" | "ready" | "stopping" | "stopped" | "exited" | "restarting" | "unhealthy" | "crashed"
  | "served" | "refused" | "failed" | "cancelled" | "relayed" | "issued" | "reserved" | "settled" | "released" | "answered" | "covered" | "journal-cut";

/** Why, in one word. */
export type LogReason = RefusalReason
  | "not-found" | "busy" | "slow" | "upstream" | "unauthorized" | "deadline" | "unreachable" | "bad-request" | "gone" | "bug";

/** Names of processes: those of ours, and servers as the config names them. */
export type ProcessName = string;

/** One line of a log. */
export interface LogEntry {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly process: ProcessName;
  readonly event: LogEventName;
  readonly reason?: LogReason;
  readonly area?: AreaName;
  readonly status?: number;
  readonly durationMs?: number;
  readonly bytes?: number;
  readonly tokens?: number;
  readonly port?: number;
  readonly pid?: number;
  readonly waitMs?: number;
  /** Name of an error class, of a fault that nobody foresaw. */
  readonly errorClass?: string;
}

/** Writes entries of one process. */
export type Log = (event: LogEventName, fields?: Omit<LogEntry, "atMs" | "process" | "event">) => void;

/** Class of something thrown: all that a log may say about it. */
export function errorClassOf(error: unknown): string { return error instanceof Error ? error.constructor.name : typeof error; }
