import { describe, expect, it } from "vitest";
import { summarizeCells, type CellFindings } from "../aggregate.js";
import { FIGURE_NAMES, FIGURES } from "../figure-catalogue.js";
import { renderPng, renderSvg } from "../render-figure.js";
import { sampleCells } from "../sample-findings.test-data.js";
import { DARK_THEME, LIGHT_THEME, PAGE_THEME } from "../theme.js";
import { makeMetricFigure } from "./metric-figure.js";
import { joiningShare } from "./participation.js";
import { makeScale, type ScaleRow } from "./scale.js";

const summary = summarizeCells(sampleCells());
const nothing = summarizeCells([{ label: "a", axes: {}, replication: 0, findings: { metrics: {}, histograms: {}, warnings: [] } }]);
const scaleRows: readonly ScaleRow[] = [1e3, 1e4, 1e5, 1e6].flatMap((clients) => [1, 2].map((threads) =>
  ({ clients, threads, wallS: 0.5 + clients * 4e-5 / threads, eventsPerS: 1e7 * threads, rssBytes: 9e7 + clients * 900 * threads })));

function thresholdCells(): readonly CellFindings[] {
  return ["cascade", "deadline"].flatMap((kind, k) => [0.5, 0.7, 0.9].flatMap((threshold) => [0, 1].map((replication) => ({
    label: `${kind} ${threshold}`, axes: { "routing.kind": kind, "routing.threshold": threshold }, replication,
    findings: { metrics: { "correct.fraction": 0.6 + 0.2 * threshold + 0.01 * replication - 0.03 * k }, histograms: {}, warnings: [] },
  }))));
}

describe("figures", () => {
  for (const name of FIGURE_NAMES) {
    it(`${name} looks as stored`, async () => {
      await expect(await renderSvg(FIGURES[name].make(summary, LIGHT_THEME)!)).toMatchFileSnapshot(`stored-figures/${name}.svg`);
    });

    it(`${name} is left out when its findings do not exist`, () => {
      expect(FIGURES[name].make(nothing, LIGHT_THEME)).toBeUndefined();
    });
  }

  it("scale looks as stored", async () => {
    await expect(await renderSvg(makeScale(scaleRows, LIGHT_THEME)!)).toMatchFileSnapshot("stored-figures/scale.svg");
    expect(makeScale([], LIGHT_THEME)).toBeUndefined();
  });

  it("metric draws bars over labels as stored", async () => {
    await expect(await renderSvg(makeMetricFigure(summary, "ttft.p95", LIGHT_THEME)!)).toMatchFileSnapshot("stored-figures/metric-bars.svg");
  });

  it("metric draws lines over a swept number as stored", async () => {
    await expect(await renderSvg(makeMetricFigure(summarizeCells(thresholdCells()), "correct.fraction", DARK_THEME)!)).toMatchFileSnapshot("stored-figures/metric-lines.svg");
  });

  it("metric refuses names that are not in the catalogue and axes that are not swept", () => {
    expect(() => makeMetricFigure(summary, "no.such", LIGHT_THEME)).toThrow(/catalogue/);
    expect(() => makeMetricFigure(summary, "ttft.p95", LIGHT_THEME, "routing.kind")).toThrow(/--axis/);
  });

  it("differ between light and dark in colours only", async () => {
    const shape = (svg: string): string => svg.replaceAll(/#[0-9a-f]{6}/g, "#");
    for (const name of FIGURE_NAMES) {
      const light = await renderSvg(FIGURES[name].make(summary, LIGHT_THEME)!), dark = await renderSvg(FIGURES[name].make(summary, DARK_THEME)!);
      expect(shape(dark)).toBe(shape(light));
      expect(dark).not.toBe(light);
    }
  });

  it("take all colours of a page from its variables", async () => {
    for (const name of FIGURE_NAMES) {
      const svg = await renderSvg(FIGURES[name].make(summary, PAGE_THEME)!);
      expect(svg.match(/#[0-9a-f]{6}/g), name).toBeNull();
    }
  });

  it("tell their numbers to readers who cannot see them", async () => {
    const svg = await renderSvg(FIGURES["frontier"].make(summary, LIGHT_THEME)!);
    expect(svg).toMatch(/<svg [^>]*role="img" aria-labelledby="frontier-title frontier-desc"/);
    expect(svg).toMatch(/<desc id="frontier-desc">p-only: AUC 0\.\d+, P95 11\.\d s/);
  });

  it("do not single one policy out of those that leak alike", () => {
    const alike = sampleCells(1).map((cell) => ({ ...cell, findings: { ...cell.findings, metrics: { ...cell.findings.metrics, "leak.consult.auc": cell.axes["routing.kind"] === "p-only" ? 0.5 : 1 } } }));
    expect(FIGURES["frontier"].make(summarizeCells(alike), LIGHT_THEME)!.title).toMatch(/^4 variants leak most \(AUC 1\), p-only least \(0\.5\)/);
  });

  it("are still drawn with one label and one replication", async () => {
    const one = summarizeCells(sampleCells(1).slice(3, 4));
    for (const name of FIGURE_NAMES) expect(await renderSvg(FIGURES[name].make(one, LIGHT_THEME)!), name).not.toContain("NaN");
  });

  it("escape labels", async () => {
    const cells = sampleCells(2).map((cell) => ({ ...cell, label: `<script>&"${cell.label}` }));
    for (const name of FIGURE_NAMES) expect(await renderSvg(FIGURES[name].make(summarizeCells(cells), LIGHT_THEME)!)).not.toContain("<script");
  });

  it("become PNG", async () => {
    const png = renderPng(await renderSvg(FIGURES["routes"].make(summary, LIGHT_THEME)!));
    expect(Buffer.from(png.subarray(1, 4)).toString()).toBe("PNG");
    expect(png.length).toBeGreaterThan(10_000);
  });
});

describe("the market's map", () => {
  it("rests where the closed form says", () => {
    // n+- = (1 +- sqrt(1 - 4 c / (sV))) / 2; with c / (sV) = 0.16: 0.2 and 0.8.
    expect(joiningShare(0.2, 0.16)).toBeCloseTo(0.2, 12);
    expect(joiningShare(0.8, 0.16)).toBeCloseTo(0.8, 12);
    expect(joiningShare(0.1, 0.16)).toBe(0);
    expect(joiningShare(0, 0.16)).toBe(0);
  });
});
