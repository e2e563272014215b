/** What P is trained on: copying from context, knowing what it lacks, asking an expert, using the expert's note, small talk. */
import { sampleIndex } from "../../core/distributions.js";
import { ownIntent } from "../queries/intents.js";
import { CLOSERS, fillPattern, OPENERS } from "../queries/phrasings.js";
import { hideNeeded, UNKNOWN_ANSWER } from "../queries/query.js";
import type { ContextLine } from "../queries/query.js";
import { sampleAttributes } from "../queries/sample-context.js";
import { sampleQuery } from "../queries/sample-query.js";
import { pick } from "../world-streams.js";
import { personProse } from "./person-prose.js";
import { queryText } from "./query-text.js";
import { randomValue } from "./random-value.js";
import { combinePrompt, personalPrompt, renderCompletion, renderPrompt, renderRequest } from "./render-prompt.js";
import type { TextDraw, TextLevel, TrainingText } from "./text-role.js";

/** Of the copying texts: random key-value pairs, so that nothing can be guessed from who people are. Assumed. */
const RANDOM_SHARE = 0.5;
/** Of the questions for an expert: domain questions, general ones; the rest is mixed. Assumed. */
const DOMAIN_SHARE = 0.5;
const GENERAL_SHARE = 0.15;

/** A text for P at a step of the curriculum. */
export function personalText(draw: TextDraw, level: TextLevel): TrainingText {
  const { world, stream, index, day } = draw, { fewest, most } = world.config.contextFacts;
  if (level < 3) return copyText(draw, level === 0 ? [2, 2] : level === 1 ? [2, 4] : [fewest, most], level === 2);
  const shares = world.config.personalText, practices = Object.keys(shares) as (keyof typeof shares)[];
  const practice = practices[sampleIndex(stream, runningSums(practices.map((each) => shares[each])))]!;
  switch (practice) {
    case "copy": {
      if (stream.nextUniform() < RANDOM_SHARE) return copyText(draw, [fewest, most], true);
      const query = sampleQuery(world, "train", "personal", index);
      return queryText(query, practice, personalPrompt(query), query.answer);
    }
    case "unknown": {
      const query = hideNeeded(sampleQuery(world, "train", "personal", index));
      return queryText(query, practice, personalPrompt(query), UNKNOWN_ANSWER);
    }
    case "consult": return consultText(draw);
    case "combine": {
      const query = sampleQuery(world, "train", "mixed", index, { day });
      return queryText(query, practice, combinePrompt(query), query.answer);
    }
    case "chat": {
      const query = sampleQuery(world, "train", "chat", index);
      return queryText(query, practice, personalPrompt(query), query.answer);
    }
    case "prose": return personProse(draw);
    default: return practice satisfies never;
  }
}

/** Random key-value pairs, one of them asked for. @param pairs Fewest and most. */
function copyText({ world, stream }: TextDraw, [fewest, most]: readonly [number, number], isVaried: boolean): TrainingText {
  const attributes = sampleAttributes(stream, fewest + stream.nextInt(most - fewest + 1), []);
  const context = attributes.map((attribute): ContextLine => ({ attribute, value: randomValue(world, attribute, stream) }));
  const asked = pick(stream, context), { train } = world.phrasings.get(ownIntent(asked.attribute))!;
  const core = fillPattern(isVaried ? pick(stream, train) : train[0]!, {});
  const question = isVaried ? pick(stream, OPENERS) + core + pick(stream, CLOSERS) : core;
  return { practice: "copy", prompt: renderPrompt({ context, question }), completion: renderCompletion(asked.value), people: [], facts: [] };
}

/** What P lacks and another model knows: it names the area and the least that must be asked. */
function consultText({ world, stream, index, day }: TextDraw): TrainingText {
  const position = stream.nextUniform();
  const kind = position < DOMAIN_SHARE ? "domain" : position < DOMAIN_SHARE + GENERAL_SHARE ? "general" : "mixed";
  const query = sampleQuery(world, "train", kind, index, { day });
  const request = query.consult === undefined ? renderRequest(query.area!, query.core) : renderRequest(query.consult.domain, query.consult.question);
  return queryText(query, "consult", personalPrompt(query), request, false);
}

function runningSums(shares: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(shares, (share) => (sum += share));
}
