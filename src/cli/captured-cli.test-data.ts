/** Commands of plmm called within a test. */
import { afterEach, beforeEach, vi } from "vitest";
import { runCli } from "./run-cli.js";

/** What the commands of a test have printed so far. */
export class CapturedCli {
  output = "";
  errors = "";

  constructor(readonly prefix: readonly string[]) {}

  /** Calls a command, `prefix` before its words. */
  async exitCodeOf(...words: readonly string[]): Promise<number> {
    process.exitCode = 0;
    await runCli([...this.prefix, ...words]);
    return Number(process.exitCode);
  }
}

/** Keeps what commands print, instead of printing it, during each test of the file that calls this. */
export function captureCli(...prefix: readonly string[]): CapturedCli {
  const cli = new CapturedCli(prefix);
  beforeEach(() => {
    cli.output = cli.errors = "";
    vi.spyOn(process.stdout, "write").mockImplementation((text) => { cli.output += String(text); return true; });
    vi.spyOn(process.stderr, "write").mockImplementation((text) => { cli.errors += String(text); return true; });
    vi.spyOn(console, "log").mockImplementation((text) => { cli.output += `${String(text)}\n`; });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    process.exitCode = 0;
  });
  return cli;
}
