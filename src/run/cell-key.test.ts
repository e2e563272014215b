import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { expandStudy } from "../config/plan.js";
import { sampleStudy } from "../config/sample-study.test-data.js";
import { cellKeyOf } from "./cell-key.js";

const folder = mkdtempSync(join(tmpdir(), "plmm-cell-key-"));
afterAll(() => { rmSync(folder, { recursive: true }); });

function keyOf(text: string): string { return cellKeyOf(expandStudy(sampleStudy(text))[0]!); }

describe("the key of a cell", () => {
  it("follows what a named kernel profile holds", () => {
    const file = join(folder, "kernels.csv"), text = `name: t\ntiers: { expert: { kernelProfile: ${file} } }`;
    writeFileSync(file, "one");
    const before = keyOf(text);
    writeFileSync(file, "two");
    expect(keyOf(text)).not.toBe(before);
    writeFileSync(file, "one");
    expect(keyOf(text)).toBe(before);
  });

  it("follows the profile that only one domain names", () => {
    const file = join(folder, "domain.csv"), text = `name: t\ntiers: { expertOverrides: { finance: { kernelProfile: ${file} } } }`;
    writeFileSync(file, "one");
    const before = keyOf(text);
    renameSync(file, join(folder, "old.csv"));
    writeFileSync(file, "two");
    expect(keyOf(text)).not.toBe(before);
  });

  it("follows what a named host profile holds, and asks for one that is there", () => {
    const file = join(folder, "host.json"), text = `name: t\ndevices: { host: { profile: ${file} } }`;
    expect(() => keyOf(text)).toThrow(/devices\.host\.profile must name a host profile/);
    writeFileSync(file, "one");
    const before = keyOf(text);
    writeFileSync(file, "two");
    expect(keyOf(text)).not.toBe(before);
  });

  it("differs between seeds", () => {
    expect(keyOf("name: t\nseed: 1")).not.toBe(keyOf("name: t\nseed: 2"));
  });
});
