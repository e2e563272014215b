/** What an expert of a domain is trained on: its facts, questions on them, rules, and what it does not know. */
import { coinName } from "../coin-name.js";
import { DOMAIN_NAMES } from "../knowledge/knowledge-area.js";
import type { DomainName } from "../knowledge/knowledge-area.js";
import { factIntent } from "../queries/intents.js";
import { fillPattern } from "../queries/phrasings.js";
import { UNKNOWN_ANSWER } from "../queries/query.js";
import { sampleQuery } from "../queries/sample-query.js";
import { pick } from "../world-streams.js";
import { factText } from "./fact-sentences.js";
import { queryText } from "./query-text.js";
import { renderCompletion, renderPrompt } from "./render-prompt.js";
import type { TextDraw, TrainingText } from "./text-role.js";

/** Shares of plain statements and of questions; the rest is questions that the expert cannot answer. Assumed. */
const FACT_SHARE = 0.45;
const QUESTION_SHARE = 0.47;
/** Names beside those in the world that "unknown" texts ask about. */
const UNKNOWN_NAMES = 300;

const NAME_KIND = { finance: "bank", it: "app", medicine: "drug", education: "course" } as const;

/** A text for the expert of a domain. */
export function expertText(draw: TextDraw, domain: DomainName): TrainingText {
  const { world, stream, index, day } = draw, position = stream.nextUniform();
  if (position < FACT_SHARE) return factText(draw, domain);
  if (position >= FACT_SHARE + QUESTION_SHARE) return unknownText(draw, domain);
  const query = sampleQuery(world, "train", "domain", index, { domain, day });
  return { ...queryText(query, "question", renderPrompt({ question: query.question }), query.answer), people: [] };
}

/** A question about an entity that does not exist, or one of another domain's. */
function unknownText({ world, stream, index, day }: TextDraw, domain: DomainName): TrainingText {
  const isForeign = stream.nextUniform() < 0.5;
  const question = isForeign
    ? sampleQuery(world, "train", "domain", index, { domain: pick(stream, DOMAIN_NAMES.filter((name) => name !== domain)), day }).question
    : questionOnNothing({ world, stream, index, day }, domain);
  return { practice: "unknown", prompt: renderPrompt({ question }), completion: renderCompletion(UNKNOWN_ANSWER), people: [], facts: [] };
}

function questionOnNothing({ world, stream }: TextDraw, domain: DomainName): string {
  const kind = world.areas[domain].kinds[0]!, relation = pick(stream, kind.relations);
  const name = coinName(world.seed, NAME_KIND[domain], kind.entities.length + stream.nextInt(UNKNOWN_NAMES));
  return fillPattern(pick(stream, world.phrasings.get(factIntent(domain, relation.label))!.train), { e: name });
}
