import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../config/load-dataset.js";
import { KNOWN, LIVE_PERSON, learnedModel } from "../../live/learned-family.fixture.js";
import { until } from "../../live/live-system.fixture.js";
import { livePaths, loadLiveState } from "../../live/processes/live-state.js";
import { isAlive } from "../../run/write-cell.js";

const MAIN = join(packageRoot(), "dist", "src", "cli", "main.js"), folder = mkdtempSync(join(tmpdir(), "plmm-live-command-")), state = join(folder, "state"), config = join(folder, "live.yaml");
const LIMITS = { encoding: "utf8", timeout: 120_000 } as const;

beforeAll(async () => {
  const model = await learnedModel(), tiers = ["finance", "it", "medicine", "education", "general"].map((area) => `  ${area}: { kind: model, model: ${model}, server: tiers }`).join("\n");
  writeFileSync(config, `state: ${state}\npersonal: { model: ${model}, firstPerson: ${LIVE_PERSON}, stretchLogRounds: 4, clients: 2 }\ntiers:\n${tiers}\ndeadlines: { answerS: 60, consultS: 30 }\n`);
}, 240_000);
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** Starts the system and gives what it prints. */
function up(): { readonly child: ChildProcess; readonly text: () => string; readonly ended: Promise<number | null> } {
  const child = spawn(process.execPath, [MAIN, "live", "up", config], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.on("data", (piece: Buffer) => { text += piece.toString(); });
  child.stderr.on("data", (piece: Buffer) => { text += piece.toString(); });
  return { child, text: () => text, ended: new Promise((resolve) => { child.once("exit", resolve); }) };
}

const run = (words: readonly string[], input = ""): { status: number | null; stdout: string; stderr: string } => spawnSync(process.execPath, [MAIN, "live", ...words], { ...LIMITS, input });

describe("plmm live", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("up starts everything, chat talks to it, status shows it, %s stops it and leaves no process", async (signal) => {
    const { child, text, ended } = up();
    await until(() => text().includes("ready  http://127.0.0.1:"));
    const { processes } = loadLiveState(state)!;
    const chat = run(["chat", "--state", state], `${KNOWN.personal.question}\n${KNOWN.mixed.question}\n`), status = run(["status", "--state", state]), second = run(["up", config]);
    expect(chat.stdout).toContain(`${KNOWN.personal.answer}  [P;`);
    expect(chat.stdout).toContain(`${KNOWN.mixed.answer}  [expert of medicine;`);
    expect(status.stdout.match(/ready$/gm)).toHaveLength(processes.length);
    expect({ status: second.status, stderr: second.stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining("one live system at a time") as string });
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(text()).toContain("stopping");
    expect(processes.filter(({ pid }) => isAlive(pid!))).toEqual([]);
    expect(existsSync(livePaths.state(state))).toBe(false);
  }, 240_000);

  test("up killed with -9 leaves no process behind", async () => {
    const { child, text, ended } = up();
    await until(() => text().includes("ready  "));
    const { processes } = loadLiveState(state)!;
    child.kill("SIGKILL");
    await ended;
    await until(() => processes.every(({ pid }) => !isAlive(pid!)));
  }, 240_000);

  test("commands say what to do when nothing runs, and when a model is missing", () => {
    writeFileSync(join(folder, "missing.yaml"), `state: ${join(folder, "other")}\npersonal: { model: nowhere.gguf }\n`);
    expect(run(["chat", "--state", join(folder, "other")])).toMatchObject({ status: 2, stderr: expect.stringContaining("plmm live up") as string });
    expect(run(["up", join(folder, "missing.yaml")])).toMatchObject({ status: 2, stderr: expect.stringMatching(/must be an existing model file/) as string });
    expect(run(["load", config, "--rate", "0"])).toMatchObject({ status: 2, stderr: expect.stringContaining("--rate must be a number above 0") as string });
    expect(run(["load", config, "--clients", "2", "--active", "3"])).toMatchObject({ status: 2, stderr: expect.stringContaining("--active must be at most --clients") as string });
    expect(run(["up", config, "--capture", folder])).toMatchObject({ status: 2, stderr: expect.stringContaining("--capture must name an empty folder") as string });
    expect(run(["up", config, "--state", join(folder, "missing.yaml", "state")])).toMatchObject({ status: 3, stderr: expect.stringMatching(/must be a folder that can be written and has room; got "ENOTDIR"/) as string });
  }, 240_000);
});
