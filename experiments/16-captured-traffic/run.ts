/** Attacks on bytes captured from the live system beside the same attacks on the simulator's records, under each shaping of traffic. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  compareViews, type LeakagePlan, type LeakageSetting, loadLiveConfig, makeLeakageFigure, measureLeakage, packageRoot, publishTables, readExperimentForm, renderDoubts, renderSettings, renderViews, withFamily, writeSmallFindings,
} from "../../src/index.js";

const NAME = "16-captured-traffic", FOLDER = join(packageRoot(), "experiments", NAME), scenario = join(FOLDER, "scenario.yaml");
const { isSmall, out, family } = readExperimentForm(), stop = new AbortController(), signal = stop.signal;
process.once("SIGINT", () => { stop.abort(); });
const say = (line: string): void => { process.stderr.write(`${line}\n`); };

/** Nothing but encryption; and what hides traffic, each alone and all at once. An answer at a fixed rate takes 32 beats of 0.1 s. */
const BARE = { requestBytes: 1, chunkBytes: 1, endBytes: 1, answerChunks: 1, releaseS: 0, coverFraction: 0 };
const STEPS = { requestBytes: 1024, chunkBytes: 64, endBytes: 768 }, ONE_SIZE = { ...STEPS, answerChunks: 32 }, FIXED_RATE = { releaseS: 0.1 }, COVER = { coverFraction: 1 };
const SETTINGS: readonly LeakageSetting[] = [
  { name: "encryption alone", protocol: BARE }, { name: "padding in steps", protocol: { ...BARE, ...STEPS } }, { name: "one size", protocol: { ...BARE, ...ONE_SIZE } },
  { name: "fixed rate", protocol: { ...BARE, ...FIXED_RATE } }, { name: "cover", protocol: { ...BARE, ...COVER } }, { name: "all of them", protocol: { ...BARE, ...ONE_SIZE, ...FIXED_RATE, ...COVER } },
  { name: "padding in steps, malicious E", protocol: { ...BARE, ...STEPS }, asksBack: true },
];

if (isSmall) {
  const folder = mkdtempSync(join(tmpdir(), "plmm-captured-traffic-")), shaped = { ...STEPS, answerChunks: 8, releaseS: 0.05, coverFraction: 1 };
  const plan: LeakagePlan = {
    config: loadLiveConfig(join(FOLDER, "small-live.yaml")), scenario, clients: 12, questions: 96, ratePerS: 12, readMs: 500,
    settings: [{ name: "encryption alone", protocol: BARE }, { name: "all of them, malicious E", protocol: shaped, asksBack: true }],
  };
  try {
    const found = await measureLeakage(plan, { folder, say: () => undefined, signal }), [bare, all] = found;
    const consults = compareViews(found).filter(({ observer, claim }) => observer === "path" && claim === "was an expert asked");
    writeSmallFindings(out, {
      settings: found.map(({ setting, asked, answered }) => ({ setting, asked, areAllAnswered: asked === answered })),
      scored: consults.map(({ setting, captured, modelled }) => ({ setting, isCaptured: captured.auc !== undefined, isModelled: modelled.auc !== undefined })),
      // Silence tells; with so few questions not more than that is certain.
      isConsultSeen: consults.length > 0 && consults[0]!.captured.auc!.value > 0.75, isShapingDear: all!.price.downBytes > 2 * bare!.price.downBytes,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else {
  const shipped = loadLiveConfig(join(FOLDER, "live.yaml")), plan: LeakagePlan = {
    config: family === undefined ? shipped : withFamily(shipped, family), scenario, clients: 120, questions: 480, ratePerS: 8, readMs: 4000, settings: SETTINGS,
  };
  const kept = out === undefined ? join(packageRoot(), "out", NAME) : `${out}.run`, found = await measureLeakage(plan, { folder: kept, say, signal });
  const tables = { settings: renderSettings(found), views: renderViews(found), doubts: renderDoubts(found) };
  const folder = await publishTables(NAME, { data: { settings: found, views: compareViews(found) }, tables, figures: [makeLeakageFigure(found)], measured: ["answered", "price", "captured", "modelled", "difference"] });
  rmSync(join(kept, "parts"), { recursive: true, force: true });
  process.stdout.write(`${tables.settings}\n${tables.views}\n${folder}\n`);
}
