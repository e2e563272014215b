/** Clients on their feet before a load: stores open; of those that will be observed also connections, keys and payment tokens at hand. */
import { DOMAIN_NAMES } from "../../world/knowledge/knowledge-area.js";
import { sampleQuery } from "../../world/queries/sample-query.js";
import type { World } from "../../world/world.js";
import { askPersonal } from "../ask-personal.js";
import { personalModel } from "../personal/personal-backend.js";
import { LiveError } from "../transport/live-error.js";
import type { LoadTarget } from "./run-load.js";

/** Whom to ask, and until when. */
export type OpeningTarget = Pick<LoadTarget, "api" | "apiKey" | "withinMs" | "signal">;

/** How many were asked, and how many answered. */
export interface OpenedClients { readonly asked: number; readonly answered: number }

/** What a client asks first. */
const OPENING = "are you well?";
/** Clients that consult together. */
const TOGETHER = 24;

/** Opens clients by a question that P answers alone, one after another: opening a store takes a processor for the time that a guess at its secret shall cost. */
export async function openOneByOne(from: number, to: number, target: OpeningTarget): Promise<OpenedClients> {
  let answered = 0;
  for (let client = from; client < to && !target.signal.aborted; client++) if (await hasAnswer(client, OPENING, target)) answered++;
  return { asked: to - from, answered };
}

/** Has every client, its store being open, ask one question that only an expert can answer, some at a time. */
export async function consultOnce(clients: number, world: World, firstPerson: number, target: OpeningTarget): Promise<OpenedClients> {
  let answered = 0;
  for (let from = 0; from < clients && !target.signal.aborted; from += TOGETHER) {
    const group = Array.from({ length: Math.min(TOGETHER, clients - from) }, (_, i) => from + i);
    const answers = await Promise.all(group.map((client) => hasAnswer(client, sampleQuery(world, "train", "domain", client, { person: firstPerson + client, domain: DOMAIN_NAMES[client % DOMAIN_NAMES.length]! }).question, target)));
    answered += answers.filter(Boolean).length;
  }
  return { asked: clients, answered };
}

async function hasAnswer(client: number, question: string, { api, apiKey, withinMs, signal }: OpeningTarget): Promise<boolean> {
  return askPersonal({ api, apiKey, model: personalModel(client) }, question, AbortSignal.any([signal, AbortSignal.timeout(withinMs)]), () => undefined)
    .then(() => true, (error: unknown) => { if (error instanceof LiveError) return false; throw error; });
}
