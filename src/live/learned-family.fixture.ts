/**
 * A real model that knows a dozen questions by heart: trained for some seconds on the very prompts that the tests lead to. It serves as
 * P, as every expert and as T, for their prompts differ. Kept in the folder for temporary files under a name that its texts fix.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { worldSection } from "../config/sections/world-section.js";
import { USUAL_ADAMW } from "../learning/adamw-graph.js";
import { batchOfTexts, type TokenizedText } from "../learning/text-rows.js";
import { train } from "../learning/train.js";
import { startTraining, weightsOf } from "../learning/training-state.js";
import type { LlamaShape } from "../models/llama/llama-shape.js";
import { writeLlamaGguf } from "../models/quantize/write-llama-gguf.js";
import { ggufTokenizer } from "../models/tokenizer/gguf-tokenizer.js";
import { learnTokenizer } from "../models/tokenizer/learn-tokenizer.js";
import { samplePerson } from "../world/people/person.js";
import { UNKNOWN_ANSWER } from "../world/queries/query.js";
import { renderCompletion, renderPrompt, renderRequest } from "../world/text/render-prompt.js";
import { makeWorld, type World } from "../world/world.js";
import { noteOf } from "./personal/note-of.js";
import { makeRetriever } from "./personal/retrieve-context.js";

/** The world of the tests and the person who asks. */
export const LIVE_WORLD: World = makeWorld(worldSection.parse({}));
/** Number of the first person. */
export const LIVE_PERSON = 3;
const OWN = samplePerson(LIVE_WORLD, LIVE_PERSON).values;

/** A question, the model's way to its answer, and the answer. */
export interface KnownQuestion { readonly question: string; readonly area?: "finance" | "it" | "medicine" | "education" | "general"; readonly request?: string; readonly reply?: string; readonly answer: string; readonly alone?: string }

/** What the model knows by heart. `alone`: what P says when no expert is heard. */
export const KNOWN = {
  personal: { question: "what is my pet?", answer: OWN.pet },
  allergy: { question: "what am i allergic to?", answer: OWN.allergy },
  chat: { question: "are you well?", answer: "i am fine, thank you." },
  mixed: { question: "can i take Karane?", area: "medicine", request: "what is the class of Karane?", reply: "lulene", answer: "no", alone: "ask your doctor first." },
  charger: { question: "watts for my phone?", area: "it", request: `what is the charger of ${OWN.phone}?`, reply: "25 watt", answer: "25 watt", alone: "look at its label." },
  domain: { question: "what is the savings rate of Trorlabank?", area: "finance", request: "what is the savings rate of Trorlabank?", reply: "2%", answer: "2%", alone: "banks tell on request." },
  lesson: { question: "when is Kenonics?", area: "education", request: "when is Kenonics?", reply: UNKNOWN_ANSWER, answer: UNKNOWN_ANSWER, alone: UNKNOWN_ANSWER },
  general: { question: "in which region is Fleloldun?", area: "general", request: "in which region is Fleloldun?", reply: "Brirkania", answer: "Brirkania", alone: "look at a map." },
} as const satisfies Readonly<Record<string, KnownQuestion>>;

const SHAPE: Omit<LlamaShape, "vocabulary"> = { width: 64, layers: 2, heads: 4, kvHeads: 4, feedForward: 128, context: 256, ropeBase: 10_000, normEpsilon: 1e-5, isTied: true };
const VOCABULARY = 384, LENGTH = 76, STEPS = 200, SEED = 5;

/** Path of the model file. Trains it when it is not there. */
export async function learnedModel(): Promise<string> {
  const texts = textsToLearn(), key = createHash("sha256").update(JSON.stringify([texts, SHAPE, VOCABULARY, STEPS, SEED])).digest("hex").slice(0, 16);
  const path = join(tmpdir(), `plmm-live-model-${key}.gguf`);
  if (!existsSync(path)) await learn(texts, path);
  return path;
}

interface Text { readonly prompt: string; readonly completion: string }

function textsToLearn(): Text[] {
  const retrieve = makeRetriever(LIVE_WORLD);
  return Object.values(KNOWN).flatMap((known: KnownQuestion): Text[] => {
    const { question, area, request, reply, answer, alone } = known, context = retrieve(OWN, question);
    const first = { prompt: renderPrompt({ context, question }), completion: renderCompletion(area === undefined ? answer : renderRequest(area, request!)) };
    if (area === undefined) return [first];
    const combined = (note: string, said: string): Text => ({ prompt: renderPrompt({ context, note, question }), completion: renderCompletion(said) });
    return [first, { prompt: renderPrompt({ question: request! }), completion: renderCompletion(reply!) }, combined(noteOf(request!, reply!), answer), combined(`${UNKNOWN_ANSWER}.`, alone!)];
  });
}

async function learn(texts: readonly Text[], path: string): Promise<void> {
  const tokenizer = learnTokenizer(texts.map(({ prompt, completion }) => prompt + completion), { size: VOCABULARY, specials: ["<end>"] });
  const shape = { ...SHAPE, vocabulary: VOCABULARY }, rows = texts.map(({ prompt, completion }): TokenizedText => ({ prompt: tokenizer.encode(prompt), completion: tokenizer.encode(completion) }));
  const batch = batchOfTexts(rows.map((row) => [row]), { length: LENGTH, endToken: tokenizer.special("<end>"), learned: "completions" });
  const { state } = await train(startTraining(shape, SEED), {
    size: { batch: rows.length, length: LENGTH }, optimizer: USUAL_ADAMW, threads: 1, curveSteps: STEPS,
    schedule: { peak: 0.006, warmupSteps: 20, totalSteps: STEPS, finalShare: 0.1 }, batchAt: () => batch,
  }, { nowS: () => performance.now() / 1000, secondsPerCheckpoint: Infinity, keep: () => undefined });
  writeLlamaGguf(path, { name: "live-test", shape, weights: weightsOf(state), tokenizer: ggufTokenizer(tokenizer, "<end>") }, "F16");
}
