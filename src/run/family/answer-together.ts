/** Answers of the family's members, alone and together, in the four ways that the simulator knows. */
import type { AnswererName } from "../../config/measured-quality.js";
import type { LoadedModel } from "../../models/runtimes/runtime.js";
import { DOMAIN_NAMES, type DomainName } from "../../world/knowledge/knowledge-area.js";
import type { Query } from "../../world/queries/query.js";
import { parseRequest, personalPrompt, renderPrompt } from "../../world/text/render-prompt.js";
import { askModel } from "./ask-model.js";
import { barePrompt } from "./tasks.js";

/** Loaded members: a P, an E per domain, T. */
export interface LoadedFamily {
  readonly personal: LoadedModel;
  readonly experts: Readonly<Record<DomainName, LoadedModel>>;
  readonly general: LoadedModel;
}

/** The text that one way of answering gives. */
export async function answerAs(answerer: AnswererName, family: LoadedFamily, query: Query): Promise<string> {
  const textOf = async (model: LoadedModel, prompt: string): Promise<string> => (await askModel(model, prompt)).text.trim();
  switch (answerer) {
    case "personal": return textOf(family.personal, personalPrompt(query));
    case "expert": return textOf(expertFor(family, query), barePrompt(query));
    case "combined": return answerTogether(family, query, textOf);
    case "general": return textOf(family.general, query.kind === "personal" || query.kind === "mixed" ? personalPrompt(query) : barePrompt(query));
    default: return answerer satisfies never;
  }
}

/** The E of the query's domain; for questions outside of all domains, one after another. */
function expertFor({ experts }: LoadedFamily, { area, index }: Query): LoadedModel {
  return experts[isDomain(area) ? area : DOMAIN_NAMES[index % DOMAIN_NAMES.length]!];
}

function isDomain(area: string | undefined): area is DomainName { return DOMAIN_NAMES.some((name) => name === area); }

/**
 * P's own request decides: the E that it names gets the question that it asks, or T where it names none. A mixed question goes back to P with E's answer; other
 * answers are passed on as they are. What P answers by itself stands.
 */
async function answerTogether(family: LoadedFamily, query: Query, textOf: (model: LoadedModel, prompt: string) => Promise<string>): Promise<string> {
  const said = await textOf(family.personal, personalPrompt(query)), request = parseRequest(said);
  if (request === undefined) return said;
  const found = await textOf(isDomain(request.area) ? family.experts[request.area] : family.general, renderPrompt({ question: request.question }));
  return query.consult === undefined ? found : textOf(family.personal, renderPrompt({ context: query.context, note: noteOf(query.consult.note, found), question: query.question }));
}

/** E states its answer in the sentence that such notes have: the words behind the last "is" or ":" are replaced. */
export function noteOf(sentence: string, found: string): string {
  return sentence.replace(/^(.*(?: is|:)) .+\.$/, (_, beginning: string) => `${beginning} ${found}.`);
}
