import { describe, expect, it } from "vitest";
import { DataError } from "../../core/errors.js";
import { findDatasetFile, loadPublicDataset } from "./load-public-dataset.js";
import { parsePersonaChat } from "./parse-persona-chat.js";
import { parsePresidio } from "./parse-presidio.js";
import { parsePubmedqa } from "./parse-pubmedqa.js";
import { parsePupa } from "./parse-pupa.js";
import { findPublicDataset } from "./public-datasets.js";

/** Made up here, in the formats of the data sets. */
const SENTENCES = JSON.stringify([
  { full_text: "Zed 😀 calls Belimmo Orsk.", spans: [{ entity_type: "PERSON", entity_value: "Belimmo Orsk", start_position: 12, end_position: 24 }, { entity_type: "PERSON", entity_value: "Zed", start_position: 0, end_position: 3 }], template_id: 1 },
  { full_text: "Nothing here.", spans: [], template_id: 2 },
]);
const ARTICLES = JSON.stringify({ 11: { QUESTION: "Does tea help?", CONTEXTS: ["Ten drank tea.", "Ten did not."], LABELS: ["METHODS", "RESULTS"], LONG_ANSWER: "It may.", final_decision: "maybe" } });
const CHATS = `user 1 personas,user 2 personas,Best Generated Conversation\n"I bake.\nI sing.","I row.","User 1: Hi!\nUser 2: Soup:\n\nbeans, salt\nUser 1: ""Nice""."\n`;
const QUERIES = `conversation_hash,predicted_category,user_query,target_response,pii_units,redacted_query\na1,jobs,"Write to Zed at Forlico, please",Dear Zed,forlico||zed||zed,"Write to [REDACTED] at [REDACTED], please"\nb2,health,Hi,Hello,,Hi\n`;

describe("marked sentences", () => {
  it("have spans in UTF-16 units, by rising start", () => {
    const [first, second] = parsePresidio(SENTENCES, "made-up.json");
    expect(first!.spans).toEqual([{ type: "PERSON", start: 0, end: 3, value: "Zed" }, { type: "PERSON", start: 13, end: 25, value: "Belimmo Orsk" }]);
    expect(first!.text.slice(13, 25)).toBe("Belimmo Orsk");
    expect(second!.spans).toEqual([]);
  });

  it("are refused when a span marks other letters", () => {
    expect(() => parsePresidio(SENTENCES.replace('"start_position":12', '"start_position":11'), "made-up.json")).toThrow(/mark the letters "Belimmo Orsk"/);
  });
});

describe("medical questions", () => {
  it("have contexts and a decision", () => {
    expect(parsePubmedqa(ARTICLES, "made-up.json")).toEqual([{ id: "11", question: "Does tea help?", contexts: ["Ten drank tea.", "Ten did not."], longAnswer: "It may.", answer: "maybe" }]);
  });

  it.each([["{", "be JSON"], ["[1]", "be a map of articles"], [ARTICLES.replace("maybe", "perhaps"), "be a map of articles"]])("are refused as %s", (text, rule) => {
    expect(() => parsePubmedqa(text, "made-up.json")).toThrow(DataError);
    expect(() => parsePubmedqa(text, "made-up.json")).toThrow(rule);
  });
});

describe("conversations", () => {
  it("have two personas and turns; a line without a speaker goes on with the turn before", () => {
    expect(parsePersonaChat(CHATS, "made-up.csv")).toEqual([{
      personas: [["I bake.", "I sing."], ["I row."]],
      turns: [{ speaker: 1, text: "Hi!" }, { speaker: 2, text: "Soup:\n\nbeans, salt" }, { speaker: 1, text: '"Nice".' }],
    }]);
  });

  it("may mark turns as list items or in stars, and open without a mark", () => {
    const turns = (talk: string): unknown => parsePersonaChat(`user 1 personas,user 2 personas,Best Generated Conversation\na,b,"${talk}"\n`, "made-up.csv")[0]!.turns;
    expect(turns("* User 1: Hi *\n* * *\n*User 2:* Ho")).toEqual([{ speaker: 1, text: "Hi" }, { speaker: 2, text: "Ho" }]);
    expect(turns("Hi\nUser 2: Ho")).toEqual([{ speaker: 1, text: "Hi" }, { speaker: 2, text: "Ho" }]);
  });

  it("are refused without a speaker or with other columns", () => {
    expect(() => parsePersonaChat(CHATS.replaceAll("User", "Usr"), "made-up.csv")).toThrow(/begin with/);
    expect(() => parsePersonaChat("a,b\n1,2\n", "made-up.csv")).toThrow(/have the columns/);
  });
});

describe("private queries", () => {
  it("list each private unit once", () => {
    expect(parsePupa(QUERIES, "made-up.csv").map(({ id, privateUnits }) => [id, privateUnits])).toEqual([["a1", ["forlico", "zed"]], ["b2", []]]);
    expect(() => parsePupa("a,b\n1,2\n", "made-up.csv")).toThrow(/have the columns/);
  });
});

const has = (name: string): boolean => {
  const isHere = findDatasetFile(findPublicDataset(name)) !== undefined;
  if (!isHere) process.stderr.write(`Data set ${name} is not parsed: set PLMM_DATA to a folder that holds ${findPublicDataset(name).path}.\n`);
  return isHere;
};

describe("published data sets", () => {
  it.runIf(has("presidio-synth"))("presidio-synth has 1,500 sentences with spans of 17 kinds", () => {
    const sentences = parsePresidio(loadPublicDataset("presidio-synth"), "presidio-synth"), types = sentences.flatMap(({ spans }) => spans.map(({ type }) => type));
    expect(sentences).toHaveLength(1500);
    expect(new Set(types).size).toBe(17);
    expect(types.filter((type) => type === "PERSON")).toHaveLength(857);
  });

  it.runIf(has("pubmedqa"))("pubmedqa has 1,000 questions: 552 yes, 338 no, 110 maybe", () => {
    const questions = parsePubmedqa(loadPublicDataset("pubmedqa"), "pubmedqa");
    expect(["yes", "no", "maybe"].map((answer) => questions.filter((question) => question.answer === answer).length)).toEqual([552, 338, 110]);
  });

  it.runIf(has("persona-chat"))("persona-chat has 1,000 conversations of more than two turns", () => {
    const chats = parsePersonaChat(loadPublicDataset("persona-chat"), "persona-chat");
    expect(chats).toHaveLength(1000);
    for (const { turns, personas } of chats) {
      expect(turns.length).toBeGreaterThan(2);
      expect(personas.every((traits) => traits.length > 0)).toBe(true);
    }
  });

  it.runIf(has("pupa"))("pupa has 664 queries", () => { expect(parsePupa(loadPublicDataset("pupa"), "pupa")).toHaveLength(664); });
});
