import { describe, expect, it } from "vitest";
import { DataError } from "../core/errors.js";
import { layMeasuredQuality, type MeasuredQuality, parseMeasuredQuality } from "./measured-quality.js";
import { parseYaml } from "./parse-yaml.js";
import { parseStudy } from "./parse-study.js";
import { expandStudy } from "./plan.js";
import { SAMPLE_TOKEN_LENGTHS } from "./sample-study.test-data.js";
import type { Study } from "./scenario-schema.js";

const even = (share: number): MeasuredQuality["expert"] => ({ personal: share, domain: share, mixed: share, general: share, chat: share });
const tiny = { personal: even(0.71), combined: even(0.73), quantShift: { Q4_0: { personal: { ...even(0), chat: -0.5 }, combined: even(0) } } }, big = { personal: even(0.81), combined: even(0.83), quantShift: {} };
const measured: MeasuredQuality = {
  about: "made up for a test", runId: "ab".repeat(32), split: "test", member: "p-tiny", members: { "p-tiny": tiny, "p-big": big }, consultGain: 0.25, expert: even(0.72), general: even(0.74), rows: [],
};
const studyOf = (text: string): Study => parseStudy(parseYaml(`name: t\n${text}`, "t.yaml"), { tokenLengths: SAMPLE_TOKEN_LENGTHS, measuredQuality: measured });

describe("measured answer quality", () => {
  it("is the default, with its origin and run", () => {
    const { quality } = studyOf("");
    expect(quality).toMatchObject({ member: "p-tiny", members: measured.members, expert: even(0.72), general: even(0.74), consultGain: 0.25, origin: "measured" });
    expect(quality.source).toMatch(/^measured: plmm models measure, run abababababab; .*P: quality\.member.*confidenceNoise and difficultySlope stay assumed/);
  });

  it("is that of another P by its name, in a file, a sweep and a condition, and stays measured", () => {
    expect(studyOf("quality: { member: p-big }").quality).toMatchObject({ member: "p-big", origin: "measured" });
    const plans = expandStudy(studyOf("replications: 1\nsweep: { quality.member: [p-tiny, p-big] }")), conditions = expandStudy(studyOf("conditions: { big: { quality: { member: p-big } } }"));
    expect(plans.map(({ scenario: { quality } }) => [quality.member, quality.origin])).toEqual([["p-tiny", "measured"], ["p-big", "measured"]]);
    expect(conditions[0]!.scenario.quality).toMatchObject({ member: "p-big", origin: "measured" });
    expect(() => studyOf("quality: { member: p-huge }")).toThrow(/quality\.member must be one of declared, p-tiny, p-big; got "p-huge" \(t\.yaml:2/);
  });

  it("gives way to what a config sets, which is then assumed, and to its own curves of P without a shift", () => {
    const { quality } = studyOf("quality: { expert: { domain: 0.5 } }");
    expect(quality).toMatchObject({ expert: { ...even(0.72), domain: 0.5 }, member: "p-tiny", origin: "assumed" });
    expect(studyOf("quality: { personal: { chat: 0.5 } }").quality).toMatchObject({ member: "declared", personal: { ...even(0.71), chat: 0.5 }, quantShift: {}, origin: "assumed" });
    expect(studyOf("quality: { personal: { chat: 0.5 }, origin: published, source: a paper }").quality).toMatchObject({ origin: "published", source: "a paper" });
  });

  it("is not mixed with curves that would not count", () => {
    const REFUSED = /must be left out while quality\.member is p-tiny, whose measured accuracies count; [^]*Say quality\.member: declared/;
    expect(() => studyOf("quality: { member: p-tiny, personal: { chat: 0.5 } }")).toThrow(REFUSED);
    expect(() => studyOf("sweep: { quality.combined.chat: [0.5, 0.6] }")).toThrow(REFUSED);
    expect(() => studyOf("conditions: { poor: { quality: { personal: { chat: 0.5 } } } }")).toThrow(REFUSED);
    expect(expandStudy(studyOf("conditions: { poor: { quality: { member: declared, personal: { chat: 0.5 } } } }"))[0]!.scenario.quality).toMatchObject({ member: "declared", personal: { ...even(0.71), chat: 0.5 } });
  });

  it("is left out before anything is measured, and a faulty section passes to be refused by the schema", () => {
    expect(layMeasuredQuality({ name: "t" }, undefined)).toEqual({ name: "t" });
    expect(() => studyOf("quality: 3")).toThrow(/quality/);
  });

  it("is refused when the file is none of ours", () => {
    expect(parseMeasuredQuality(JSON.parse(JSON.stringify(measured)))).toEqual(measured);
    for (const broken of [{}, { ...measured, runId: "x" }, { ...measured, expert: even(1.2) }, { ...measured, member: "p-huge" }, { ...measured, rows: [{ answerer: "nobody" }] }]) expect(() => parseMeasuredQuality(broken)).toThrow(DataError);
  });
});
