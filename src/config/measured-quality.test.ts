import { describe, expect, it } from "vitest";
import { DataError } from "../core/errors.js";
import { layMeasuredQuality, type MeasuredQuality, parseMeasuredQuality } from "./measured-quality.js";
import { parseYaml } from "./parse-yaml.js";
import { parseStudy } from "./parse-study.js";
import { SAMPLE_TOKEN_LENGTHS } from "./sample-study.test-data.js";
import type { Study } from "./scenario-schema.js";

const even = (share: number): MeasuredQuality["curves"]["personal"] => ({ personal: share, domain: share, mixed: share, general: share, chat: share });
const measured: MeasuredQuality = {
  about: "made up for a test", runId: "ab".repeat(32), split: "test", personal: "p-tiny", consultGain: 0.25, quantShift: { Q4_0: { personal: { ...even(0), chat: -0.5 }, combined: even(0) } },
  curves: { personal: even(0.71), expert: even(0.72), combined: even(0.73), general: even(0.74) }, rows: [],
};
const studyOf = (text: string): Study => parseStudy(parseYaml(`name: t\n${text}`, "t.yaml"), { tokenLengths: SAMPLE_TOKEN_LENGTHS, measuredQuality: measured });

describe("measured answer quality", () => {
  it("is the default, with its origin and run", () => {
    const { quality } = studyOf("");
    expect(quality).toMatchObject({ ...measured.curves, consultGain: 0.25, quantShift: measured.quantShift, origin: "measured" });
    expect(quality.source).toMatch(/^measured: plmm models measure, run abababababab; .*p-tiny for P.*confidenceNoise and difficultySlope stay assumed/);
  });

  it("gives way to what a config sets, which is then assumed, and to its own curves of P without a shift", () => {
    const { quality } = studyOf("quality: { expert: { domain: 0.5 } }");
    expect(quality).toMatchObject({ expert: { ...even(0.72), domain: 0.5 }, personal: even(0.71), quantShift: measured.quantShift, origin: "assumed" });
    expect(studyOf("quality: { personal: { chat: 0.5 } }").quality).toMatchObject({ personal: { ...even(0.71), chat: 0.5 }, quantShift: {}, origin: "assumed" });
    expect(studyOf("quality: { personal: { chat: 0.5 }, origin: published, source: a paper }").quality).toMatchObject({ origin: "published", source: "a paper" });
  });

  it("is left out before anything is measured, and a faulty section passes to be refused by the schema", () => {
    expect(layMeasuredQuality({ name: "t" }, undefined)).toEqual({ name: "t" });
    expect(() => studyOf("quality: 3")).toThrow(/quality/);
  });

  it("is refused when the file is none of ours", () => {
    expect(parseMeasuredQuality(JSON.parse(JSON.stringify(measured)))).toEqual(measured);
    for (const broken of [{}, { ...measured, runId: "x" }, { ...measured, curves: { ...measured.curves, expert: even(1.2) } }, { ...measured, rows: [{ answerer: "nobody" }] }]) expect(() => parseMeasuredQuality(broken)).toThrow(DataError);
  });
});
