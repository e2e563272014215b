import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError } from "../core/errors.js";
import { METRICS } from "../metrics/metric-catalogue.js";
import { findAssumedNumbers } from "./assumed-numbers.js";
import type { ReportInput } from "./report-input.js";
import { sampleCells } from "./sample-findings.test-data.js";
import { writeReport } from "./write-report.js";

const input: ReportInput = {
  study: { name: "sample", description: "Made-up <numbers> & more.", seed: 7, quality: { personal: { chat: 0.95 }, origin: "assumed", source: "until </script> measured" } } as ReportInput["study"],
  plan: Array.from({ length: 61 }),
  cells: sampleCells().map((cell, i) => ({ ...cell, cellKey: String(i).padStart(64, "0"), recordsSha256: "ab", wallS: 1, cpuS: 1 })),
  manifest: {
    plmmVersion: "0.1.0", gitSha: "c0ffee", gitDirtySha256: null, lockfileSha256: "10cc", node: "v20.20.0", os: "linux", cpu: "a CPU", cpuCount: 2, memoryBytes: 8e9,
    commandLine: "plmm run configs/sample.yaml", startedAt: "2026-08-05T10:00:00.000Z", finishedAt: null, warnings: ["a doubt of the run"],
  },
  failures: [{ label: "bandit", replication: 3, message: "LimitError: too many events\nhint" }],
  missingCount: 0, recordsSha256: "d1ce57",
};

describe("the report page", () => {
  let folder: string, page: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "plmm-report-"));
    await writeReport(input, join(folder, "new", "report.html"));
    page = readFileSync(join(folder, "new", "report.html"), "utf8");
  });
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  it("defines every metric of the catalogue", () => {
    for (const { name } of METRICS) expect(page).toContain(`id="def-${name}"`);
  });

  it("links each metric of its tables to a definition that is there", () => {
    const targets = new Set([...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]));
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]);
    expect(links.length).toBeGreaterThan(60);
    for (const link of links) expect(targets, link).toContain(link);
  });

  it("has no id twice", () => {
    const ids = [...page.matchAll(/<[a-z]+ [^>]*?\bid="([^"]+)"/g)].map((match) => match[1]!);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  it("fetches nothing: no outside script, style, image, font or link", () => {
    const markup = page.replaceAll(/<script[^>]*>[\s\S]*?<\/script>/g, "<script></script>");
    expect(markup).not.toMatch(/\b(src|href)="(?!#|data:)/);
    expect(markup).not.toMatch(/url\((?!#|data:)/);
    expect(markup).not.toContain("@import");
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script[^>]+src=/);
  });

  it("keeps what labels and sources say from becoming markup", () => {
    expect(page).toContain("Made-up &lt;numbers&gt; &amp; more.");
    expect(page.match(/<script[\s>]/g)!.length).toBe(page.match(/<\/script>/g)!.length);
  });

  it("holds specs that parse as JSON", () => {
    const specs = [...page.matchAll(/<script type="application\/json" id="spec-([a-z-]+)">([\s\S]*?)<\/script>/g)];
    expect(specs.map((match) => match[1])).toEqual(["frontier", "ttft-cdf", "energy-bars", "quality-vs-cost", "participation", "leakage-price", "routes"]);
    for (const match of specs) expect(JSON.parse(match[2]!)).toHaveProperty("$schema");
  });

  it("shows doubts, failures, assumed numbers and where it comes from", () => {
    for (const text of ["a doubt of the run", "bandit, replication 3, failed: LimitError: too many events", "quality is assumed", "<code>quality</code>", "personal (chat 0.95)", "c0ffee", "d1ce57", "plmm run configs/sample.yaml"]) {
      expect(page).toContain(text);
    }
  });

  it("has landmarks, one main heading, scoped tables and named figures", () => {
    for (const text of ["<html lang=\"en\">", "<main>", "<header>", "<nav aria-label=", "<footer", 'scope="col"', 'scope="row"', 'class="skip"']) expect(page).toContain(text);
    expect(page.match(/<h1[ >]/g)).toHaveLength(1);
    expect(page.match(/<figure /g)).toHaveLength(7);
    expect(page.match(/role="img"/g)).toHaveLength(7);
  });

  it("is under 3 MB and leaves no other file", () => {
    expect(statSync(join(folder, "new", "report.html")).size).toBeLessThan(3e6);
    expect(readdirSync(join(folder, "new"))).toEqual(["report.html"]);
  });

  it("is the same for the same run", async () => {
    await writeReport(input, join(folder, "again.html"));
    expect(readFileSync(join(folder, "again.html"), "utf8")).toBe(page);
  });

  it("says so when the file cannot be written", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(writeReport(input, join(folder, "file", "report.html"))).rejects.toThrow(DataError);
  });

  it("is written of a run with one scenario and no findings", async () => {
    const bare = { ...input, cells: [{ ...input.cells[0]!, findings: { metrics: {}, histograms: {}, warnings: [] } }], manifest: undefined };
    await writeReport(bare, join(folder, "bare.html"));
    expect(readFileSync(join(folder, "bare.html"), "utf8")).toContain("no findings that a figure could show");
  });
});

describe("assumed numbers", () => {
  it("are found wherever the origin says so, and only there", () => {
    const tree = { a: { x: 1, origin: "assumed", source: "s" }, b: { y: 2, origin: "published", source: "t", c: [{ z: 3, origin: "assumed", source: "u" }] } };
    expect(findAssumedNumbers(tree)).toEqual([{ path: "a", values: "x 1", source: "s" }, { path: "b.c.0", values: "z 3", source: "u" }]);
  });
});
