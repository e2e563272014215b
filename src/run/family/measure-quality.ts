/**
 * How often the members of a trained family are right, by who answers, kind of question and quantization of P, on people and ways to ask
 * that training has not seen.
 */
import { createHash } from "node:crypto";
import { ANSWERERS, type AnswererName, type MeasuredQuality, type QualityRow } from "../../config/measured-quality.js";
import { ShapeError } from "../../core/errors.js";
import { wilsonInterval } from "../../core/statistics.js";
import { MEMBER_FILES } from "../../models/load-family.js";
import { QUERY_KINDS } from "../../records/truth-record.js";
import { DOMAIN_NAMES } from "../../world/knowledge/knowledge-area.js";
import { sampleQuery } from "../../world/queries/sample-query.js";
import { scoreAnswer } from "../../world/queries/score-answer.js";
import { makeWorld, type World } from "../../world/world.js";
import { digestAsking } from "../cell-key.js";
import { answerAs, type LoadedFamily } from "./answer-together.js";
import { type FamilyFolder, loadWholeFamily, OpenModels, personalOf, type PlannedMember, WHOLE } from "./open-family.js";
import { answererCurve, consultGain, curvesOf } from "./quality-curves.js";

/** What to measure. */
export interface QualityWish {
  /** Folder of the family. */
  readonly folder: string;
  /** P whose accuracies a scenario has that names none. */
  readonly personal: string;
  /** Quantizations of every P beside F16. Those that its widths do not allow are left out for it. */
  readonly quants: readonly string[];
  /** Per answerer, kind, model and quantization. */
  readonly questions: number;
  readonly threads: number;
  readonly say: (line: string) => void;
}

const SPLIT = "test";
const ABOUT = "Right answers of the family that ships with the package, by who answers, kind of question and quantization of P. Written by plmm models measure; read as the default of section quality.";

/** Where answers come from, beside the models in memory. */
interface Asked { readonly family: LoadedFamily; readonly world: World; readonly questions: number }

/**
 * Measures a family.
 *
 * @throws {DataError} when a member is missing, or a file is not that of its record; {ConfigError} when there is no P of the name.
 */
export async function measureQuality(wish: QualityWish): Promise<MeasuredQuality> {
  const folder = loadWholeFamily(wish.folder), chosen = personalOf(folder, wish.personal), world = makeWorld(folder.general.plan.world), open = new OpenModels(wish.threads);
  try {
    const experts = Object.fromEntries(await Promise.all(DOMAIN_NAMES.map(async (domain) => [domain, await open.load(folder.experts[domain])]))) as LoadedFamily["experts"];
    const asked: Asked = { family: { experts, general: await open.load(folder.general), personal: await open.load(chosen) }, world, questions: wish.questions };
    wish.say("E and T");
    const rows = [...await askAll("expert", asked, "experts", WHOLE), ...await askAll("general", asked, folder.general.name, WHOLE)];
    for (const member of folder.personal) rows.push(...await askPersonal(member, asked, open, wish));
    return {
      about: ABOUT, runId: runIdOf(folder, wish), split: SPLIT, member: chosen.name, members: Object.fromEntries(folder.personal.map(({ name }) => [name, curvesOf(rows, name)])),
      expert: answererCurve(rows, "expert"), general: answererCurve(rows, "general"), consultGain: await gainOf(asked), rows,
    };
  } finally {
    await open.close();
  }
}

/** P alone and with E, as trained and in each quantization. */
async function askPersonal(member: PlannedMember, asked: Asked, open: OpenModels, { quants, say }: QualityWish): Promise<QualityRow[]> {
  const rows: QualityRow[] = [];
  for (const quant of [WHOLE, ...quants]) {
    say(`${member.name} ${quant}`);
    try {
      const family = { ...asked.family, personal: await open.load(member, quant) };
      for (const answerer of ["personal", "combined"] as const) rows.push(...await askAll(answerer, { ...asked, family }, member.name, quant));
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      say(`${member.name} cannot be had in ${quant}: ${error.message}`);
    }
  }
  return rows;
}

/** A row per kind of question. */
async function askAll(answerer: AnswererName, { family, world, questions }: Asked, model: string, quant: string): Promise<QualityRow[]> {
  const rows: QualityRow[] = [];
  for (const kind of QUERY_KINDS) {
    let right = 0;
    for (let index = 0; index < questions; index++) {
      const query = sampleQuery(world, SPLIT, kind, index);
      if (scoreAnswer(query, await answerAs(answerer, family, query)).isExact) right++;
    }
    rows.push({ answerer, model, quant, kind, right, questions, interval: wilsonInterval(right, questions) });
  }
  return rows;
}

/** Of the domain questions that E has wrong, the share that T has right. */
async function gainOf({ family, world, questions }: Asked): Promise<number> {
  const outcomes: { readonly isExpertRight: boolean; readonly isGeneralRight: boolean }[] = [];
  for (let index = 0; index < questions; index++) {
    const query = sampleQuery(world, SPLIT, "domain", index), isRight = async (answerer: AnswererName): Promise<boolean> => scoreAnswer(query, await answerAs(answerer, family, query)).isExact;
    outcomes.push({ isExpertRight: await isRight("expert"), isGeneralRight: await isRight("general") });
  }
  return consultGain(outcomes);
}

/** A name for the measurement: the same weights asked the same questions by the same code have the same. */
function runIdOf({ general, experts, personal }: FamilyFolder, { personal: chosen, quants, questions }: QualityWish): string {
  const weights = [general, ...Object.values(experts), ...personal].map(({ record }) => record.sha256[MEMBER_FILES.gguf]);
  return createHash("sha256").update(JSON.stringify({ weights, world: general.plan.world, chosen, quants, questions, answerers: ANSWERERS, code: digestAsking() })).digest("hex");
}
