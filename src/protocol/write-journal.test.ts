import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { ProtocolError } from "./protocol-error.js";
import { encodeJournal, openJournal } from "./write-journal.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-journal-"));
afterAll(() => { rmSync(folder, { recursive: true }); });
const keep = (value: unknown): unknown => value;

it("gives back what was appended, over several openings, and writes the bytes of one journal", () => {
  fc.assert(fc.property(fc.array(fc.array(fc.jsonValue(), { maxLength: 4 }), { maxLength: 4 }), (openings) => {
    const path = join(folder, "property"), all: unknown[] = [];
    rmSync(path, { force: true });
    for (const entries of openings) {
      const journal = openJournal(path, keep);
      expect(JSON.stringify(journal.entries)).toBe(JSON.stringify(all));
      for (const entry of entries) { journal.append(entry); all.push(entry); }
      journal.close();
    }
    if (openings.length > 0) expect(readFileSync(path)).toEqual(encodeJournal(all));
  }), { seed: 15, numRuns: 40 });
});

it("cut anywhere, holds the whole lines before the cut and goes on behind them", () => {
  const path = join(folder, "cut"), entries = [{ a: 1 }, { b: "two" }, { c: [3] }], whole = encodeJournal(entries);
  for (let end = 0; end <= whole.length; end++) {
    writeFileSync(path, whole.subarray(0, end));
    const lines = whole.subarray(0, end).toString().split("\n").length - 1, journal = openJournal(path, keep);
    expect(journal.entries).toEqual(entries.slice(0, lines));
    journal.append("next");
    journal.close();
    expect(readFileSync(path)).toEqual(encodeJournal([...entries.slice(0, lines), "next"]));
  }
});

it("refuses a whole line that was changed, moved or not written by it, and leaves the file as it is", () => {
  const path = join(folder, "damaged"), [first, second] = encodeJournal([1, 2]).toString().split("\n") as [string, string];
  for (const text of [`${second}\n${first}\n`, `${second}\n`, `${first}\n${first}\n`, `${first}\n${second.replace("2", "3")}\n`, "\n", `${first}\nnonsense\n`]) {
    writeFileSync(path, text);
    expect(() => openJournal(path, keep)).toThrowError(ProtocolError);
    expect(readFileSync(path, "utf8")).toBe(text);
  }
  truncateSync(path, 0);
  appendFileSync(path, encodeJournal([{}]));
  expect(() => openJournal(path, () => { throw new Error("no such entry"); })).toThrowError(/line 1 of/);
});

it("holds after kill -9 every entry whose append had returned", async () => {
  const path = join(folder, "killed"), built = join(import.meta.dirname, "../../dist/src/protocol/write-journal.js");
  // The child runs the build, as users do.
  expect(existsSync(built), "run npm run build first").toBe(true);
  const program = `import { writeSync } from "node:fs";
    import { openJournal } from ${JSON.stringify(built)};
    const journal = openJournal(${JSON.stringify(path)}, (value) => value);
    for (let number = journal.entries.length; ; number++) { journal.append({ number }); writeSync(1, number + "\\n"); }`;
  for (let round = 0; round < 3; round++) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    let told = "";
    child.stdout.on("data", (chunk) => { told += String(chunk); });
    await once(child.stdout, "data");
    await new Promise((resolve) => { setTimeout(resolve, 20 + 17 * round); });
    child.kill("SIGKILL");
    await once(child, "close");
    const journal = openJournal(path, keep), last = Number(told.trimEnd().split("\n").at(-1));
    journal.close();
    expect(journal.entries.length).toBeGreaterThan(last);
    expect(journal.entries).toEqual(journal.entries.map((_, number) => ({ number })));
  }
});
