import { describe, expect, test } from "vitest";
import type { LoadedModel, Sequence } from "../../models/runtimes/runtime.js";
import { DOMAIN_NAMES, type DomainName } from "../../world/knowledge/knowledge-area.js";
import type { Query, WorldQueryKind } from "../../world/queries/query.js";
import { sampleQuery } from "../../world/queries/sample-query.js";
import { sampleWorld } from "../../world/sample-world.test-data.js";
import { combinePrompt, personalPrompt, renderPrompt, renderRequest } from "../../world/text/render-prompt.js";
import { answerAs, type LoadedFamily } from "./answer-together.js";
import { barePrompt, leastRequest } from "./tasks.js";

const world = sampleWorld();

/** A speaker of prepared answers by prompt, as one token per letter; it notes what it was asked. */
function speaker(answers: ReadonlyMap<string, string>, heard: string[]): LoadedModel {
  const openSequence = (): Sequence => {
    let prompt = "";
    return {
      prefill: (tokens: readonly number[]) => { prompt += String.fromCharCode(...tokens); },
      decode: async function* () {
        heard.push(prompt);
        for (const text of ` ${answers.get(prompt) ?? "?"}\n`) yield await Promise.resolve({ token: 0, text, durationS: 0, logProbability: 0 });
      },
      dispose: () => undefined,
    } as unknown as Sequence;
  };
  return { encode: (text: string) => [...text].map((letter) => letter.charCodeAt(0)), openSequence } as unknown as LoadedModel;
}

interface Stage { readonly query: Query; readonly family: LoadedFamily; readonly heard: Readonly<Record<string, string[]>> }

/** A family that answers a query as `texts` say: P at first and with the note, E of the domain. */
function stageOf(kind: WorldQueryKind, texts: { readonly first: (query: Query) => string; readonly expert?: string; readonly last?: string; readonly note?: (query: Query) => string }): Stage {
  const query = sampleQuery(world, "test", kind, 4), { question } = kind === "personal" ? { question: "" } : leastRequest(query), heard = Object.fromEntries(["personal", "general", ...DOMAIN_NAMES].map((name) => [name, [] as string[]]));
  const noted = query.consult === undefined ? "" : renderPrompt({ context: query.context, note: texts.note?.(query) ?? query.consult.note, question: query.question });
  const personal = speaker(new Map([[personalPrompt(query), texts.first(query)], [noted, texts.last ?? "?"]]), heard["personal"]!);
  const expert = new Map([[renderPrompt({ question }), texts.expert ?? "?"], [barePrompt(query), "bare"]]);
  const experts = Object.fromEntries(DOMAIN_NAMES.map((domain) => [domain, speaker(expert, heard[domain]!)])) as unknown as Record<DomainName, LoadedModel>;
  return { query, family: { personal, experts, general: speaker(new Map([[personalPrompt(query), "with context"], [barePrompt(query), "without"]]), heard["general"]!) }, heard };
}

const request = (query: Query): string => renderRequest(leastRequest(query).area, leastRequest(query).question);

describe("P with E", () => {
  test("asks the E that it names, and passes a domain answer on", async () => {
    const { query, family, heard } = stageOf("domain", { first: request, expert: "found" });
    expect(await answerAs("combined", family, query)).toBe("found");
    expect(Object.entries(heard).filter(([, prompts]) => prompts.length > 0).map(([name]) => name)).toEqual(["personal", query.area]);
  });

  test("gets the answer to a mixed question back as a note beside the context, and concludes", async () => {
    const { query, family, heard } = stageOf("mixed", { first: request, expert: "zzz", last: "yes", note: ({ consult }) => consult!.note.replace(/(is|:) [^:]+?\.$/, "$1 zzz.") });
    expect(await answerAs("combined", family, query)).toBe("yes");
    expect(heard["personal"]![1]).toContain(" zzz.\nquestion:");
    expect(heard["personal"]![1]!.split("\n")[0]).toBe(combinePrompt(query).split("\n")[0]);
  });

  test("asks T what belongs to no domain", async () => {
    const { query, family, heard } = stageOf("general", { first: request });
    expect(await answerAs("combined", family, query)).toBe("without");
    expect(Object.entries(heard).filter(([, prompts]) => prompts.length > 0).map(([name]) => name)).toEqual(["personal", "general"]);
  });

  test("answers for itself when it asks nobody, and secrets go to no server then", async () => {
    const { query, family, heard } = stageOf("personal", { first: () => "own" });
    expect(await answerAs("combined", family, query)).toBe("own");
    expect(Object.entries(heard).filter(([, prompts]) => prompts.length > 0).map(([name]) => name)).toEqual(["personal"]);
  });
});

describe("alone", () => {
  test("E gets the bare question, T the context where a question needs it", async () => {
    const mixed = stageOf("mixed", { first: request }), domain = stageOf("domain", { first: request });
    expect(await answerAs("expert", mixed.family, mixed.query)).toBe("bare");
    expect(mixed.heard[mixed.query.area!]).toHaveLength(1);
    expect(await answerAs("general", mixed.family, mixed.query)).toBe("with context");
    expect(await answerAs("general", domain.family, domain.query)).toBe("without");
    expect(await answerAs("personal", domain.family, domain.query)).toBe(request(domain.query));
  });
});
