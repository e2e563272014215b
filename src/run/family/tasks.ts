/** What members of each role are for, as questions with a judge. */
import type { DomainName } from "../../world/knowledge/knowledge-area.js";
import { hideNeeded, type Query, type QuerySplit, UNKNOWN_ANSWER } from "../../world/queries/query.js";
import { sampleQuery } from "../../world/queries/sample-query.js";
import { normalizeAnswer, scoreAnswer } from "../../world/queries/score-answer.js";
import { combinePrompt, parseRequest, personalPrompt, renderPrompt } from "../../world/text/render-prompt.js";
import type { TextRole } from "../../world/text/text-role.js";
import type { World } from "../../world/world.js";
import type { GivenAnswer } from "./ask-model.js";

/** What a judge finds. */
export interface Verdict {
  readonly isRight: boolean;
  /** The confidence in question, from 0 to 1, and whether it was borne out. */
  readonly confidence: number;
  readonly isBorneOut: boolean;
  /** Parts of being right, by name. */
  readonly parts?: Readonly<Record<string, boolean>>;
}

/** A kind of question put to a model, and the form in which it is put. */
export interface Task {
  readonly name: string;
  readonly splits: readonly QuerySplit[];
  readonly ask: (world: World, split: QuerySplit, index: number) => Query;
  readonly prompt: (query: Query) => string;
  readonly judge: (query: Query, answer: GivenAnswer) => Verdict;
}

const PERSONAL_SPLITS: readonly QuerySplit[] = ["train", "people", "phrasings", "test"];
const SEEN_AND_NOT: readonly QuerySplit[] = ["train", "test"];
const FACT_SPLITS: readonly QuerySplit[] = ["train", "facts", "phrasings"];

/** The prompt of E, and of T without a context. */
export function barePrompt({ question }: Query): string { return renderPrompt({ question }); }

/** What a role is asked. Answers to held-out facts cannot be known: that split shows guessing. */
export function tasksOf(role: TextRole): Task[] {
  if (role === "personal") return PERSONAL_TASKS;
  const domain = role === "general" ? {} : { domain: role satisfies DomainName };
  const domainTask: Task = { name: "domain", splits: FACT_SPLITS, ask: (world, split, index) => sampleQuery(world, split, "domain", index, domain), prompt: barePrompt, judge: judgeAnswer };
  const generalTask: Task = { name: "general", splits: FACT_SPLITS, ask: (world, split, index) => sampleQuery(world, split, "general", index), prompt: barePrompt, judge: judgeAnswer };
  return role === "general" ? [domainTask, generalTask] : [domainTask];
}

const PERSONAL_TASKS: Task[] = [
  { name: "copy", splits: PERSONAL_SPLITS, ask: (world, split, index) => sampleQuery(world, split, "personal", index), prompt: personalPrompt, judge: judgeAnswer },
  { name: "unknown", splits: PERSONAL_SPLITS, ask: (world, split, index) => hideNeeded(sampleQuery(world, split, "personal", index)), prompt: personalPrompt, judge: judgeAnswer },
  { name: "combine", splits: PERSONAL_SPLITS, ask: (world, split, index) => sampleQuery(world, split, "mixed", index), prompt: combinePrompt, judge: judgeAnswer },
  { name: "consult", splits: SEEN_AND_NOT, ask: consultQuery, prompt: personalPrompt, judge: judgeRequest },
  { name: "chat", splits: SEEN_AND_NOT, ask: (world, split, index) => sampleQuery(world, split, "chat", index), prompt: personalPrompt, judge: judgeAnswer },
  { name: "routing", splits: SEEN_AND_NOT, ask: routingQuery, prompt: personalPrompt, judge: judgeRouting },
];

function judgeAnswer(query: Query, { text, confidence }: GivenAnswer): Verdict {
  const { isExact } = scoreAnswer(query, text);
  return { isRight: isExact, confidence, isBorneOut: isExact };
}

/** Questions that P must hand on: of a domain, general, mixed. */
function consultQuery(world: World, split: QuerySplit, index: number): Query {
  return sampleQuery(world, split, (["domain", "general", "mixed"] as const)[index % 3]!, index);
}

/** Right: it names the area that knows, and asks it for the least that must be asked, word for word but for case and punctuation. */
function judgeRequest(query: Query, { text, confidence }: GivenAnswer): Verdict {
  const request = parseRequest(text), { area, question } = leastRequest(query);
  const parts = { asks: request !== undefined, area: request?.area === area, least: request !== undefined && normalizeAnswer(request.question) === normalizeAnswer(question) };
  const isRight = parts.area && parts.least;
  return { isRight, confidence, isBorneOut: isRight, parts };
}

/** Whom P must ask, and what. */
export function leastRequest({ consult, area, core }: Query): { readonly area: string; readonly question: string } {
  return consult === undefined ? { area: area!, question: core } : { area: consult.domain, question: consult.question };
}

/** In turn: questions that the context answers, the same without the needed line, and questions for an expert. */
function routingQuery(world: World, split: QuerySplit, index: number): Query {
  if (index % 3 === 2) return consultQuery(world, split, index);
  const query = sampleQuery(world, split, "personal", index);
  return index % 3 === 0 ? query : { ...query, context: hideNeeded(query).context };
}

/**
 * Whether P can tell what it knows. Its confidence in knowing is that of its answer if it gives one of its own, and 0 if it asks another
 * model or says that it does not know; borne out by its own answer being right. Right: it answers by itself rightly, or does not answer
 * what it cannot know.
 */
function judgeRouting(query: Query, { text, confidence }: GivenAnswer): Verdict {
  const isOwn = parseRequest(text) === undefined && normalizeAnswer(text) !== UNKNOWN_ANSWER, isKnown = query.kind === "personal" && query.needed.every((id) => query.context.some(({ attribute }) => attribute === id));
  const isExact = isOwn && scoreAnswer(query, text).isExact;
  return { isRight: isKnown ? isExact : !isOwn, confidence: isOwn ? confidence : 0, isBorneOut: isExact };
}
