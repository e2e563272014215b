/** What a running live system tells other commands: where its parts listen. No secret is in it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ConfigError } from "../../core/errors.js";
import { isAlive } from "../../run/write-cell.js";

const stateForm = z.strictObject({
  pid: z.int(), api: z.string(), startedAt: z.string(),
  processes: z.array(z.strictObject({ name: z.string(), role: z.string(), port: z.int(), pid: z.int().optional(), isReady: z.boolean() })),
});

/** State of a running system. */
export type LiveState = z.output<typeof stateForm>;

/** Paths of a state folder. */
export const livePaths = {
  state: (folder: string): string => join(folder, "live.json"), log: (folder: string): string => join(folder, "log.jsonl"),
  apiKey: (folder: string): string => join(folder, "api-key"), capture: (folder: string): string => join(folder, "relay", "seen.jsonl"),
  people: (folder: string): string => join(folder, "people"), ledger: (folder: string): string => join(folder, "ledger"), keys: (folder: string): string => join(folder, "keys"),
} as const;

/** State of the system that runs on a folder; undefined when none does. */
export function loadLiveState(folder: string): LiveState | undefined {
  const path = livePaths.state(folder);
  if (!existsSync(path)) return undefined;
  const found = stateForm.safeParse(JSON.parse(readFileSync(path, "utf8")));
  return found.success && isAlive(found.data.pid) ? found.data : undefined;
}

/** State and key of the API. @throws {ConfigError} when no system runs on the folder. */
export function requireLive(folder: string): { readonly state: LiveState; readonly apiKey: string } {
  const state = loadLiveState(folder);
  if (state === undefined) throw new ConfigError({ subject: `the live system of ${folder}`, rule: "run", got: "none", hint: "Start it in another terminal: plmm live up" });
  return { state, apiKey: readFileSync(livePaths.apiKey(folder), "utf8") };
}
