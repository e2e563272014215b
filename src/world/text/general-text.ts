/** What T is trained on: facts of all areas, questions of all kinds, personal context given to it, small talk, plain prose. */
import { AREA_NAMES, DOMAIN_NAMES } from "../knowledge/knowledge-area.js";
import { sampleQuery } from "../queries/sample-query.js";
import { pick } from "../world-streams.js";
import { expertText } from "./expert-text.js";
import { factText } from "./fact-sentences.js";
import { personProse } from "./person-prose.js";
import { queryText } from "./query-text.js";
import { personalPrompt, renderPrompt } from "./render-prompt.js";
import type { TextDraw, TrainingText } from "./text-role.js";

/** Running sums of the shares of: facts, domain questions, general questions, questions with personal context, small talk, prose. Assumed. */
const UP_TO = { facts: 0.35, domain: 0.6, general: 0.7, withContext: 0.85, chat: 0.93 } as const;

/** A text for T. */
export function generalText(draw: TextDraw): TrainingText {
  const { world, stream, index, day } = draw, position = stream.nextUniform();
  if (position < UP_TO.facts) return factText(draw, pick(stream, AREA_NAMES));
  if (position < UP_TO.domain) return expertText(draw, pick(stream, DOMAIN_NAMES));
  if (position < UP_TO.general) return withoutContext(draw, "general");
  if (position < UP_TO.withContext) {
    const query = sampleQuery(world, "train", stream.nextUniform() < 0.5 ? "personal" : "mixed", index, { day });
    return queryText(query, "with-context", personalPrompt(query), query.answer);
  }
  return position < UP_TO.chat ? withoutContext(draw, "chat") : personProse(draw);
}

function withoutContext({ world, index, day }: TextDraw, kind: "general" | "chat"): TrainingText {
  const query = sampleQuery(world, "train", kind, index, { day });
  return { ...queryText(query, kind, renderPrompt({ question: query.question }), query.answer), people: [] };
}
