import fc from "fast-check";
import { expect, test } from "vitest";
import { holdStart } from "./hold-start.js";
import { noteOf } from "./personal/note-of.js";

async function collect(pieces: readonly string[], isOpen: (text: string) => boolean): Promise<{ readonly pieces: string[]; readonly end: number }> {
  async function* source(): AsyncGenerator<string, number> { for (const piece of pieces) yield await Promise.resolve(piece); return 7; }
  const held = holdStart(source(), isOpen), out: string[] = [];
  let step = await held.next();
  for (; step.done !== true; step = await held.next()) out.push(step.value);
  return { pieces: out, end: step.value };
}

test("holds the start back while it is open, and changes no text, however it is cut", async () => {
  const isOpen = (text: string): boolean => "ask ".startsWith(text) && text.length < 4;
  expect((await collect(["a", "s", "k ", "it", ": x"], isOpen)).pieces).toEqual(["ask ", "it", ": x"]);
  expect((await collect(["a", "ll", " fine"], isOpen)).pieces).toEqual(["all", " fine"]);
  expect((await collect(["as"], isOpen)).pieces).toEqual(["as"]);
  await fc.assert(fc.asyncProperty(fc.array(fc.string()), async (pieces) => {
    const { pieces: out, end } = await collect(pieces, isOpen);
    expect(out.join("")).toBe(pieces.join(""));
    expect(end).toBe(7);
  }), { seed: 3, numRuns: 200 });
});

test("an expert's answer becomes a statement that P was trained to read", () => {
  for (const question of ["what is the class of Karane?", "give me the class of Karane.", "do you know the class of Karane?", "which class does Karane have?", "Karane: class?"]) {
    expect(noteOf(question, "lulene")).toBe("the class of Karane is lulene.");
  }
  expect(noteOf("can Karane and Vornix be taken together?", "no")).toBe("no.");
  expect(noteOf("what is the class of Karane?", "the class of Karane is lulene.")).toBe("the class of Karane is lulene.");
});
