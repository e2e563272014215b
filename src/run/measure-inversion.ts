/** How much of their questions somebody reads in embeddings that a shipped P-model made of them. */
import { worldSection } from "../config/sections/world-section.js";
import { findMember, MEMBER_FILES, requireMemberFile, shippedFamilyFolder } from "../models/load-family.js";
import { loadLlamaRuntime } from "../models/runtimes/load-llama-runtime.js";
import type { LoadedModel } from "../models/runtimes/runtime.js";
import { type InversionScore, scoreInversion } from "../privacy/score-inversion.js";
import { sampleQuery } from "../world/queries/sample-query.js";
import { makeWorld, type World } from "../world/world.js";

/** The model whose last states are attacked. */
export const EMBEDDING_MODEL = "p-small";
/** Kinds of questions that name something worth reading. */
const KINDS = ["personal", "domain", "mixed"] as const;
const CONTEXT_TOKENS = 256, SEED = 1;

/** What came back of one kind of question. */
export interface InversionRow extends InversionScore { readonly kind: (typeof KINDS)[number] }

/** Attacks one question of each of `people` people, each kind apart, in the usual world. */
export async function measureInversion(people: number): Promise<InversionRow[]> {
  const world = makeWorld(worldSection.parse({})), path = requireMemberFile(findMember(EMBEDDING_MODEL, shippedFamilyFolder()), MEMBER_FILES.gguf);
  const model = await loadLlamaRuntime().load(path, { contextTokens: CONTEXT_TOKENS, threads: 1 }), rows: InversionRow[] = [];
  try {
    for (const kind of KINDS) rows.push({ kind, ...await invertKind(model, world, kind, people) });
  } finally {
    await model.dispose();
  }
  return rows;
}

async function invertKind(model: LoadedModel, world: World, kind: InversionRow["kind"], people: number): Promise<InversionScore> {
  const texts = Array.from({ length: people }, (_, person) => sampleQuery(world, "train", kind, person).core), values = new Float64Array(people * model.width);
  for (const [row, text] of texts.entries()) values.set(await model.embed(model.encode(text)), row * model.width);
  return scoreInversion({ texts, people: Int32Array.from(texts.keys()), embeddings: { rowCount: people, width: model.width, values } }, SEED);
}
