import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findSpans } from "./find-spans.js";
import { SPAN_TYPES } from "./personal-span.js";
import { PseudonymTable } from "./pseudonyms.js";
import { redact } from "./redact.js";
import { restoreText, RestoreStream } from "./restore-stream.js";

/** Types and letters of what is found. */
const found = (text: string, profile: string[] = []): string[] => findSpans(text, profile).map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);

/** Texts with personal data, brackets and pseudonyms of their own; as unpleasant as they come. */
const piece = fc.oneof(
  fc.constantFrom("[", "]", "[[", "_", "[PERSON_1]", "[PERSON_12]", "[PERSON_", "[MONEY_1", "[TEXT_1]", "Anna Smith", "anna@example.org", "+41 44 668 18 00", "$500", "Dr. ", " is ill. ", "é😀", "42"),
  fc.string({ unit: "grapheme", maxLength: 12 }), fc.constantFrom("My name is Bo Lind", "4111 1111 1111 1111", "DE89370400440532013000", "\n"));
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

describe("restoring", () => {
  it("gives back every text, cut in every way, and shows no piece of a pseudonym before it is whole", () => {
    fc.assert(fc.property(text, text, fc.array(fc.nat(), { maxLength: 10 }), (first, second, places) => {
      const table = new PseudonymTable(), sent = redact(first, { table }).text + redact(second, { table }).text;
      const ends = [...new Set(places.map((place) => place % (sent.length + 1)))].sort((a, b) => a - b), stream = new RestoreStream(table);
      let shown = "";
      for (const [index, end] of [...ends, sent.length].entries()) {
        shown += stream.push(sent.slice(index === 0 ? 0 : ends[index - 1], end));
        expect((first + second).startsWith(shown)).toBe(true);
      }
      expect(shown + stream.finish()).toBe(first + second);
    }), { seed: 31, numRuns: 1500 });
  });

  it("does so letter by letter for every single cut of one text", () => {
    const table = new PseudonymTable(), original = "Anna Smith owes [PERSON_1] $500, and Anna Smith knows. [", { text: sent } = redact(original, { table });
    expect(sent).toBe("[PERSON_1] owes [TEXT_1] [MONEY_1], and [PERSON_1] knows. [");
    for (let at = 0; at <= sent.length; at++) {
      const stream = new RestoreStream(table);
      expect(stream.push(sent.slice(0, at)) + stream.push(sent.slice(at)) + stream.finish()).toBe(original);
    }
    const stream = new RestoreStream(table);
    expect(Array.from(sent, (letter) => stream.push(letter)).join("") + stream.finish()).toBe(original);
  });

  it("leaves pseudonyms alone that the session never gave, and holds nothing back that cannot become one", () => {
    const table = new PseudonymTable();
    table.pseudonymOf("PERSON", "Anna");
    const stream = new RestoreStream(table);
    expect([stream.push("see [1], [PERSON"), stream.push("_2] and [PERS"), stream.push("ON_1]"), stream.push("[PERSON_"), stream.finish()]).toEqual(["see [1], ", "[PERSON_2] and ", "Anna", "", "[PERSON_"]);
    expect(restoreText("[person_1]", table)).toBe("[person_1]");
  });
});

describe("the detector", () => {
  it("finds numbers whose check digits fit, and no others", () => {
    expect(found("card 4111 1111 1111 1111 or 4111 1111 1111 1112")).toEqual(["CREDIT_CARD 4111 1111 1111 1111"]);
    expect(found("pay to DE89 3704 0044 0532 0130 00 not DE88370400440532013000")).toEqual(["IBAN_CODE DE89 3704 0044 0532 0130 00"]);
    expect(found("gb29nwbk60161331926819")).toEqual(["IBAN_CODE gb29nwbk60161331926819"]);
    expect([found("12345678Z"), found("12345678A")]).toEqual([["NATIONAL_ID 12345678Z"], []]);
    expect(found("pesel 44051401359, nhs number 943 476 5919")).toEqual(["NATIONAL_ID 44051401359", "NATIONAL_ID 943 476 5919"]);
    expect(found("2 55 08 14 168 025 38")).toEqual(["NATIONAL_ID 2 55 08 14 168 025 38"]);
    expect(found("811218-9876")).toEqual(["NATIONAL_ID 811218-9876"]);
    expect([found("ssn is 536-90-4399"), found("666-12-1234 is no such number")[0]?.startsWith("US_SSN") ?? false]).toEqual([["US_SSN 536-90-4399"], false]);
    expect([found("10.0.255.1 and fe80::1"), found("999.1.1.1")]).toEqual([["IP_ADDRESS 10.0.255.1", "IP_ADDRESS fe80::1"], []]);
  });

  it("finds names, places, firms, addresses, dates, ages, money, phones, mail and web addresses", () => {
    expect(found("I am Maria Keller, 34 years old, from Lisbon, and I work for Brightwater Systems.")).toEqual(["PERSON Maria Keller", "AGE 34", "GPE Lisbon", "ORGANIZATION Brightwater Systems"]);
    expect(found("Send it to 12 Baker Street, 8001 Zurich by 3 May 2024 or call +41 44 668 18 00.")).toEqual(["STREET_ADDRESS 12 Baker Street", "STREET_ADDRESS 8001", "GPE Zurich", "DATE_TIME 3 May 2024", "PHONE_NUMBER +41 44 668 18 00"]);
    expect(found("Mr. Okonkwo paid $1,200.50 on 2021-03-04; mail okonkwo@mail.example, see https://pay.example/x.")).toEqual(
      ["TITLE Mr.", "PERSON Okonkwo", "MONEY $1,200.50", "DATE_TIME 2021-03-04", "EMAIL_ADDRESS okonkwo@mail.example", "DOMAIN_NAME https://pay.example/x"]);
    expect(found("What is the difference between a virus and a bacterium?")).toEqual([]);
  });

  it("finds the user's own values in any case, as whole words", () => {
    expect(found("is asthma worse with Asthma? asthmatic", ["asthma"])).toEqual(["PROFILE asthma", "PROFILE Asthma"]);
    expect(found("c++ (x)", ["c++"])).toEqual(["PROFILE c++"]);
  });

  it("gives spans in order that do not overlap, for every text, in time that grows with its length", () => {
    fc.assert(fc.property(text, fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }), (any, profile) => {
      let at = 0;
      for (const { type, start, end } of findSpans(any, profile)) {
        expect(SPAN_TYPES).toContain(type);
        expect(start >= at && end > start && end <= any.length).toBe(true);
        at = end;
      }
    }), { seed: 13, numRuns: 500 });
    for (const unit of ["1", "1 ", "A ", "Aa ", "a@", "[", "-1", "a.", "Aa1 ", "Rue a ", "(1) "]) expect(findSpans(unit.repeat(4000 / unit.length)).length).toBeLessThan(4000);
  });
});

it("generalises where it is asked to, and keeps what is to be kept", () => {
  const table = new PseudonymTable(), treatments = { AGE: "generalize", DATE_TIME: "generalize", MONEY: "generalize", GPE: "keep", EMAIL_ADDRESS: "generalize" } as const;
  expect(redact("I am 34 years old, from Lisbon, earn $48,000, since 3 May 2021. Write to a@b.example, Bo Lind.", { table, treatments }).text)
    .toBe("I am 30 to 39 years old, from Lisbon, earn about 10000, since 2021. Write to an e-mail address, [PERSON_1].");
  expect(redact("$66k on Monday", { table, treatments }).text).toBe("about 10k on a date");
});
