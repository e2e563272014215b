/** A real Chromium for tests, driven over the pipe of its debugging protocol. Found through PLMM_CHROMIUM or its usual names. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { DataError } from "../core/errors.js";

/** The command that starts Chromium; undefined when there is none. */
export const CHROMIUM: string | undefined = [process.env["PLMM_CHROMIUM"], "chromium", "chromium-browser", "google-chrome"]
  .find((name) => name !== undefined && spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0);

/** A page in a browser. */
export interface BrowsedPage {
  /** Evaluates an expression in the page until it is true, within some seconds. */
  readonly until: (expression: string) => Promise<void>;
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** Messages of the page's console and its uncaught errors. */
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
}

const LONGEST_WAIT_MS = 30_000;
const FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-extensions", "--remote-debugging-pipe"];

/**
 * Opens an address.
 *
 * @param profile Folder for the browser's own files.
 */
export async function browsePage(command: string, url: string, profile: string): Promise<BrowsedPage> {
  const browser = spawn(command, [...FLAGS, `--user-data-dir=${profile}`, "about:blank"], { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const complaints: string[] = [], send = speak(browser, complaints);
  const { targetId } = await send("Target.createTarget", { url: "about:blank" }) as { targetId: string };
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true }) as { sessionId: string };
  for (const domain of ["Runtime", "Log", "Page"]) await send(`${domain}.enable`, {}, sessionId);
  await send("Page.navigate", { url }, sessionId);
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result } = await send("Runtime.evaluate", { expression, returnByValue: true }, sessionId) as { result: { value?: unknown } };
    return result.value;
  };
  return {
    complaints, evaluate,
    until: async (expression) => {
      for (const endMs = performance.now() + LONGEST_WAIT_MS; performance.now() < endMs;) {
        if (await evaluate(expression) === true) return;
        await new Promise((resolve) => { setTimeout(resolve, 100); });
      }
      throw new DataError({ subject: "the page", rule: `come to ${expression}`, got: await evaluate("document.body.innerText"), where: url, hint: `Its complaints: ${complaints.join(" ")}` });
    },
    close: async () => {
      const closed = new Promise((resolve) => { browser.once("close", resolve); });
      await send("Browser.close", {});
      await closed;
    },
  };
}

type Send = (method: string, params: object, sessionId?: string) => Promise<unknown>;

/** Requests and answers are JSON texts that end with a zero byte, on the browser's file descriptors 3 and 4. */
function speak(browser: ChildProcess, complaints: string[]): Send {
  const [, , , input, output] = browser.stdio as unknown as [null, null, null, Writable, Readable], waiting = new Map<number, (result: unknown) => void>();
  let text = "", count = 0;
  output.setEncoding("utf8").on("data", (chunk: string) => {
    const messages = (text + chunk).split("\0");
    text = messages.pop()!;
    for (const message of messages) {
      const { id, result, method, params } = JSON.parse(message) as { id?: number; result?: unknown; method?: string; params?: object };
      if (id !== undefined) waiting.get(id)?.(result);
      else if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded") complaints.push(JSON.stringify(params));
    }
  });
  return (method, params, sessionId) => new Promise((resolve) => {
    waiting.set(++count, resolve);
    input.write(`${JSON.stringify({ id: count, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`);
  });
}
