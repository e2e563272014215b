/** Experiment 07: what do quantization, pruning and low rank cost in quality, and what do they save in bytes, time and energy? */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CompressionMember, makeCompressionFigures, measureCompression, packageRoot, parseFamilyPlan, PRUNED_FORMS, publishTables, QUANTIZED_FORMS,
  readExperimentForm, renderCompression, renderTwins, trainFamily, writeSmallFindings,
} from "../../src/index.js";

const MEMBERS: readonly CompressionMember[] = [{ name: "p-small" }, { name: "p-medium" }, { name: "p-large" }, { name: "e-finance" }, { name: "t" }];

/** What `configs/distill.yaml` makes. A member that started from another, or learned from one, is shown beside the `scratchTwin` that read as many tokens alone. */
const DISTILLED: readonly CompressionMember[] = [
  { name: "e-scratch" }, { name: "e", scratchTwin: "e-scratch" },
  { name: "p-scratch" }, ...["p-logits", "p-text", "p-layers"].map((name) => ({ name, scratchTwin: "p-scratch" })),
];
const DISTILLED_FORMS: readonly string[] = ["F16", "Q8_0", "Q4_0"];

const QUALITY = { questions: 200, texts: 400 }, SPEED = { promptTokens: 96, answerTokens: 64, rounds: 5, threads: 1 };

const SMALL_PRUNED: readonly string[] = ["50% of weights zero", "1/2 of channels", "rank 1/4"];
/** Bits per token. The tiny model loses at most a third of it in three bits and more, and at least twice as much in any other form. */
const NEAR = 0.03;

const say = (line: string): void => { process.stderr.write(`${line}\n`); };
const { isSmall, out, threads, family } = readExperimentForm();

if (isSmall) writeSmallFindings(out, await measureTiny());
else {
  const how = { quality: QUALITY, speed: SPEED, keep: join(packageRoot(), "out", "07-compression"), lanes: threads, say };
  const shipped = await measureCompression({ ...how, members: MEMBERS, forms: [...QUANTIZED_FORMS, ...PRUNED_FORMS], ...(family === undefined ? {} : { folder: family }) });
  const distilled = await measureCompression({ ...how, members: DISTILLED, forms: QUANTIZED_FORMS.filter(({ name }) => DISTILLED_FORMS.includes(name)), folder: join(packageRoot(), "datasets", "distilled") });
  const rows = [...shipped.rows, ...distilled.rows], { impossible } = shipped;
  const twins = renderTwins(distilled.rows), tables = { compression: renderCompression(shipped.rows), ...(twins === undefined ? {} : { twins }) };
  const folder = await publishTables("07-compression", {
    data: { rows, impossible }, tables, figures: makeCompressionFigures(shipped.rows), measured: ["promptTokensPerS", "answerTokensPerS", "joulesPerToken"],
  });
  process.stdout.write(`${tables.compression}\n${impossible.join("\n")}\n${folder}\n`);
}

/** Bytes of each form of a model trained within seconds, and whether it stays near the original: learning on another processor moves last digits. */
async function measureTiny(): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "plmm-tiny-")), plan = join(packageRoot(), "experiments", "07-compression", "tiny-family.yaml");
  try {
    await trainFamily(parseFamilyPlan(readFileSync(plan, "utf8"), plan), { folder, say });
    const forms = [...QUANTIZED_FORMS, ...PRUNED_FORMS.filter(({ name }) => SMALL_PRUNED.includes(name))];
    const { rows, impossible } = await measureCompression({ members: [{ name: "e-tiny" }], forms, folder, quality: { questions: 4, texts: 20 }, say });
    return { forms: Object.fromEntries(rows.map((row) => [`${row.format} ${row.form}`, { bytes: row.bytes, isNearOriginal: row.extraBits.mean < NEAR }])), impossible };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
