/** Experiment 07: what do quantization, pruning and low rank cost in quality, and what do they save in bytes, time and energy? */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CompressionMember, makeCompressionFigures, measureCompression, packageRoot, parseFamilyPlan, PRUNED_FORMS, publishTables, QUANTIZED_FORMS,
  readExperimentForm, renderCompression, renderTwins, trainFamily, writeSmallFindings,
} from "../../src/index.js";

/** A distilled member is listed with its `scratchTwin`, the member of the same size trained from scratch, and gets a table beside it. */
const MEMBERS: readonly CompressionMember[] = [{ name: "p-small" }, { name: "p-medium" }, { name: "p-large" }, { name: "e-finance" }, { name: "t" }];
const QUALITY = { questions: 300, texts: 400 }, SPEED = { promptTokens: 96, answerTokens: 64, rounds: 9 };

const SMALL_PRUNED: readonly string[] = ["50% of weights zero", "1/2 of channels", "rank 1/4"];
/** Bits per token. The tiny model loses at most a third of it in three bits and more, and at least twice as much in any other form. */
const NEAR = 0.03;

const say = (line: string): void => { process.stderr.write(`${line}\n`); };
const { isSmall, out, threads, family } = readExperimentForm();

if (isSmall) writeSmallFindings(out, await measureTiny());
else {
  const { rows, impossible } = await measureCompression({
    members: MEMBERS, forms: [...QUANTIZED_FORMS, ...PRUNED_FORMS], ...(family === undefined ? {} : { folder: family }), quality: QUALITY, speed: { ...SPEED, threads }, say,
  });
  const twins = renderTwins(rows), tables = { compression: renderCompression(rows), ...(twins === undefined ? {} : { twins }) };
  const folder = await publishTables("07-compression", {
    data: { rows, impossible }, tables, figures: makeCompressionFigures(rows), measured: ["promptTokensPerS", "answerTokensPerS", "joulesPerToken"],
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
