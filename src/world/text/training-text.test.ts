import { describe, expect, it } from "vitest";
import { domainFact, isFactHeldOut } from "../knowledge/domain-fact.js";
import { AREA_NAMES, placeOfFact } from "../knowledge/knowledge-area.js";
import { ATTRIBUTES } from "../people/attributes.js";
import { isNameHeldOut, isPersonHeldOut, samplePerson } from "../people/person.js";
import { STATEMENT_PATTERNS } from "../queries/intents.js";
import { fillPattern } from "../queries/phrasings.js";
import { sampleQuery } from "../queries/sample-query.js";
import { sampleWorld } from "../sample-world.test-data.js";
import { personNote } from "./person-note.js";
import { combinePrompt, parseRequest, personalPrompt, renderPrompt } from "./render-prompt.js";
import { TEXT_ROLES } from "./text-role.js";
import type { TextLevel, TrainingText } from "./text-role.js";
import { trainingText } from "./training-text.js";

const world = sampleWorld(), COUNT = 4000;
const texts: readonly TrainingText[] = TEXT_ROLES.flatMap((role) => Array.from({ length: COUNT }, (_, i) => trainingText(world, role, i)));
const whole = ({ prompt, completion }: TrainingText): string => prompt + completion;
const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
/** A pattern as a regular expression: slots are names or values. */
const matcher = (pattern: string): string => escape(pattern).replaceAll(/\\\{\w+\\\}/g, "[\\w+%. -]+?");

describe("training text", () => {
  it("is the same in any order, on its own and in another world of the same config", () => {
    const other = sampleWorld();
    for (const role of TEXT_ROLES) {
      for (const index of [3000, 0, 17]) expect(trainingText(other, role, index)).toEqual(texts[TEXT_ROLES.indexOf(role) * COUNT + index]);
    }
  });

  it("names no held-out person", () => {
    const all = texts.map(whole).join("\n"), names = new RegExp(`\\b(${world.givenNames.join("|")}) (${world.familyNames.join("|")})\\b`, "g");
    let found = 0;
    for (const [, given, family] of all.matchAll(names)) {
      expect(isNameHeldOut(world, world.givenNames.indexOf(given!), world.familyNames.indexOf(family!)), `${given} ${family}`).toBe(false);
      found++;
    }
    expect(found).toBeGreaterThan(500);
    for (const { people } of texts) for (const index of people) expect(isPersonHeldOut(world, index)).toBe(false);
  });

  it("uses no held-out way to ask", () => {
    const questions = new Set(texts.flatMap((text) => [...text.prompt.matchAll(/^question: (.*)$/gm), ...text.completion.matchAll(/^ ask \w+: (.*)$/gm)].map((match) => match[1]!)));
    const all = [...questions].join("\n");
    let checked = 0;
    for (const [intent, { train, heldOut }] of world.phrasings) {
      for (const pattern of heldOut) {
        // Other relations of the same form ("what is the port of X?") are told apart by their label, rules by their words.
        const isOthersToo = [...world.phrasings.values()].some((other) => other.train.includes(pattern));
        if (isOthersToo) continue;
        expect(new RegExp(`^(?:[a-z ]+[,:] )?${matcher(pattern)}(?: thanks\\.| please\\.)?$`, "m").exec(all)?.[0], `${intent}: ${pattern}`).toBeUndefined();
        checked++;
      }
      // The same search finds what is in the texts.
      if (intent.startsWith("own")) expect(train.some((pattern) => new RegExp(matcher(pattern)).test(all)), intent).toBe(true);
    }
    expect(checked).toBeGreaterThan(140);
  });

  it("states no held-out fact, in no way to state it and in no answer", () => {
    const lines = new Set(texts.flatMap((text) => whole(text).split(/\n|(?<=\.) /)));
    let found = 0;
    for (const area of AREA_NAMES) {
      for (let index = 0; index < world.areas[area].factCount; index++) {
        const { entity, relation, value } = domainFact(world, area, index), place = placeOfFact(world.areas[area], index);
        const isStated = [...STATEMENT_PATTERNS, ...place.relation.statements].some((pattern) => lines.has(fillPattern(pattern, { l: relation, e: entity, v: value })));
        if (isFactHeldOut(world, area, index)) expect(isStated, `${entity} ${relation} ${value}`).toBe(false);
        else found += isStated ? 1 : 0;
      }
    }
    expect(found).toBeGreaterThan(1200);
    for (const { facts } of texts) for (const { area, index } of facts) expect(isFactHeldOut(world, area, index)).toBe(false);
  });

  it("never asks for a held-out fact and answers it", () => {
    const patterns = new Map<string, string[]>();
    for (const { prompt, completion } of texts) {
      const question = /^question: (.*)$/m.exec(prompt)?.[1];
      if (question !== undefined) patterns.set(question.replace(/^[a-z ]+[,:] /, "").replace(/ (thanks|please)\.$/, ""), [...(patterns.get(question) ?? []), completion.trim()]);
    }
    for (const area of AREA_NAMES) {
      for (let index = 0; index < world.areas[area].factCount; index++) {
        if (!isFactHeldOut(world, area, index)) continue;
        const { entity, relation, value } = domainFact(world, area, index);
        for (const pattern of world.phrasings.get(`fact ${area} ${relation}`)!.train) expect(patterns.get(fillPattern(pattern, { e: entity })) ?? []).not.toContain(value);
      }
    }
  });

  it("says of secrets of real people only what stands in a context, and tells T none in prose", () => {
    for (const text of texts.filter(({ practice }) => practice === "prose")) {
      const { values } = samplePerson(world, text.people[0]!);
      for (const id of ["salary", "allergy", "medication", "doorCode", "bank"] as const) if (values[id] !== "none") expect(whole(text)).not.toContain(values[id]);
    }
  });

  it("climbs a curriculum: two pairs and one way to ask, up to four pairs, then all", () => {
    const at = (level: TextLevel): TrainingText[] => Array.from({ length: 300 }, (_, i) => trainingText(world, "personal", i, { level }));
    const pairs = (text: TrainingText): number => /^context: (.*)$/m.exec(text.prompt)![1]!.split("; ").length;
    expect([...new Set(at(0).map(pairs))]).toEqual([2]);
    expect([...new Set(at(1).map(pairs))].sort()).toEqual([2, 3, 4]);
    expect([...new Set(at(2).map(pairs))].sort()).toEqual([2, 3, 4, 5, 6]);
    const questions = (level: TextLevel): number => new Set(at(level).map(({ prompt }) => /^question: (.*)$/m.exec(prompt)![1]!)).size;
    expect(questions(0)).toBeLessThanOrEqual(Object.keys(ATTRIBUTES).length);
    expect(questions(2)).toBeGreaterThan(4 * questions(0));
    for (const level of [0, 1, 2] as const) for (const text of at(level)) expect(text.prompt).toContain(`= ${text.completion.trim()}`);
  });

  it("practises what P must do in the shares of the config", () => {
    const found = Array.from({ length: COUNT }, (_, i) => trainingText(world, "personal", i).practice);
    for (const [practice, declared] of Object.entries(world.config.personalText)) {
      const share = found.filter((each) => each === practice).length / COUNT;
      expect(Math.abs(share - declared), practice).toBeLessThan(4 * Math.sqrt(declared * (1 - declared) / COUNT));
    }
  });

  it("teaches P to hand on what it lacks, in a form that can be read back", () => {
    const requests = texts.filter(({ practice }) => practice === "consult").map(({ completion }) => parseRequest(completion));
    expect(requests.length).toBeGreaterThan(500);
    for (const request of requests) {
      expect(AREA_NAMES).toContain(request?.area);
      expect(request!.question.length).toBeGreaterThan(3);
    }
    expect(parseRequest(" the answer\n")).toBeUndefined();
  });

  it("teaches an expert to say so when it does not know", () => {
    const unknown = Array.from({ length: COUNT }, (_, i) => trainingText(world, "medicine", i)).filter(({ practice }) => practice === "unknown");
    expect(unknown.length / COUNT).toBeGreaterThan(0.05);
    for (const { completion } of unknown) expect(completion).toBe(" i do not know\n");
  });

  it("keeps a modest vocabulary: each word is made of few pieces", () => {
    const words = new Set(texts.flatMap((text) => whole(text).split(/[\s;=:,?.!]+/)).filter((word) => /^[a-z]+$/.test(word)));
    expect(words.size).toBeLessThan(900);
    const lengths = texts.map((text) => whole(text).length).sort((a, b) => a - b);
    expect(lengths[Math.floor(0.99 * lengths.length)]).toBeLessThan(400);
  });

  it("states facts as of its day", () => {
    const early = Array.from({ length: 200 }, (_, i) => trainingText(world, "finance", i)), late = Array.from({ length: 200 }, (_, i) => trainingText(world, "finance", i, { day: 90 }));
    expect(late.map(({ facts, practice }) => ({ facts, practice }))).toEqual(early.map(({ facts, practice }) => ({ facts, practice })));
    expect(late.filter((text, i) => whole(text) !== whole(early[i]!)).length).toBeGreaterThan(80);
  });

  it("ends each completion with a line end and begins it behind \"answer:\" with a blank", () => {
    for (const { prompt, completion } of texts) {
      expect(completion.endsWith("\n")).toBe(true);
      if (prompt !== "") expect([prompt.endsWith("answer:"), completion[0]]).toEqual([true, " "]);
    }
  });
});

describe("prompts", () => {
  it("show the context, the expert's note and the question, each on its line", () => {
    const query = sampleQuery(world, "test", "mixed", 5);
    expect(personalPrompt(query).split("\n").map((line) => line.split(":")[0])).toEqual(["context", "question", "answer"]);
    expect(combinePrompt(query).split("\n").map((line) => line.split(":")[0])).toEqual(["context", "expert", "question", "answer"]);
    expect(renderPrompt({ context: [], question: "x?" })).toBe("context: -\nquestion: x?\nanswer:");
  });
});

describe("a person's notes", () => {
  it("tell the person's own attributes, the same in any order", () => {
    const { values } = samplePerson(world, 17), notes = Array.from({ length: 200 }, (_, i) => personNote(world, 17, i));
    expect(personNote(world, 17, 100)).toEqual(notes[100]);
    for (const note of notes) expect(Object.values(values).some((value) => note.completion.includes(value))).toBe(true);
    expect(new Set(notes.map(({ practice }) => practice))).toEqual(new Set(["note", "recall"]));
  });
});
