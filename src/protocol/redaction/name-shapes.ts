/** Names by their shape: runs of words with capitals that are no common words. What stands around them tells people, places and firms apart. */
import { COMMON_WORDS, COUNTRIES, FIRM_WORDS, GIVEN_NAMES, PEOPLES, PLACES } from "./gazetteer.js";
import { STRENGTH, type FoundSpan, type SpanType } from "./personal-span.js";

const RUN = /(?<![\p{L}\p{N}@.\\/])\p{Lu}[\p{L}\p{M}'’-]*\.?(?:(?: (?:de|van|von|der|den|la|le|del|di|da|of|and|&) | )\p{Lu}[\p{L}\p{M}'’-]*\.?){0,4}(?![\p{L}\p{N}])/gu;
const WORD = /\p{L}[\p{L}\p{M}'’-]*/gu;
/** Words in front of a place, of a firm. */
const PLACE_FRONT = /\b(?:in|from|to|near|visit|visiting|leave|leaving|live|lives|at) $/i;
const FIRM_FRONT = /\b(?:work|works|worked|working|employed|job|office|company|firm|founder|ceo|shares|stock) (?:for|at|of|in|with|by) (?:the )?$|\b(?:the|at) $/i;
const FIRM_BEHIND = /^(?:'s)? (?:office|headquarters|company|employees|ceo|shares|stock|songwriter|is the brainchild)\b/i;
const SENTENCE_END = /(?:^|[.!?:\n"“(]\s*|\n\s*)$/;

/** Names in a text, strongest hint first where several fit one. */
export function findNames(text: string): FoundSpan[] { return [...findListed(text), ...[...text.matchAll(RUN)].flatMap(({ 0: run, index }) => classifyRun(text, run, index))]; }

/** Listed places, peoples and given names, of up to three words. A given name is no more than a hint: the whole name stands before it. */
function findListed(text: string): FoundSpan[] {
  const found: FoundSpan[] = [], places = [...text.matchAll(WORD)].map(({ 0: word, index }) => ({ start: index, end: index + word.length }));
  for (const [index, { start }] of places.entries()) {
    for (let more = 0; more < 3 && index + more < places.length; more++) {
      const end = places[index + more]!.end, type = listedType(text.slice(start, end));
      if (type !== undefined) found.push({ type, start, end, strength: type === "PERSON" ? STRENGTH.shape : STRENGTH.list });
    }
  }
  return found;
}

function listedType(words: string): SpanType | undefined {
  const lower = words.toLowerCase(), isCapital = /^\p{Lu}/u.test(words);
  if (COUNTRIES.has(lower) && (isCapital || lower.length > 4)) return "GPE";
  if (PLACES.has(lower) && isCapital) return "GPE";
  if (PEOPLES.has(lower) || (lower.endsWith("s") && PEOPLES.has(lower.slice(0, -1)))) return "NRP";
  return GIVEN_NAMES.has(lower) && isCapital ? "PERSON" : undefined;
}

function classifyRun(text: string, run: string, index: number): FoundSpan[] {
  const kept = trimRun(text, run, index);
  if (kept === undefined) return [];
  const { start, end } = kept, words = text.slice(start, end).split(/[ ]+/);
  const hasGiven = words.some((word) => GIVEN_NAMES.has(word.toLowerCase())), front = text.slice(Math.max(0, start - 30), start), behind = text.slice(end, end + 30);
  const isFirm = words.some((word) => FIRM_WORDS.has(word.toLowerCase())) || words.includes("&");
  const type = isFirm ? "ORGANIZATION" : hasGiven ? "PERSON" : FIRM_FRONT.test(front) || FIRM_BEHIND.test(behind) ? "ORGANIZATION" : PLACE_FRONT.test(front) ? "GPE" : "PERSON";
  return [{ type, start, end, strength: STRENGTH.shape }];
}

/** Takes common words off both ends; nothing is left of a run of them, nor of one word in capitals that only begins a sentence. */
function trimRun(text: string, run: string, index: number): { start: number; end: number } | undefined {
  const words = run.split(" ");
  let [first, last, start, end] = [0, words.length - 1, index, index + run.length];
  const isCommon = (word: string): boolean => COMMON_WORDS.has(word.toLowerCase().replace(/\.$/, "").replace(/['’]s$/, "")) || word.length < 2;
  while (first <= last && isCommon(words[first]!)) start += words[first++]!.length + 1;
  while (last >= first && isCommon(words[last]!)) end -= words[last--]!.length + 1;
  if (first > last) return undefined;
  const possessive = /['’]s$/.exec(words[last]!);
  if (possessive !== null) end -= possessive[0].length;
  else if (words[last]!.endsWith(".") && words[last]!.length > 2) end--;
  const isOneVerb = first === last && SENTENCE_END.test(text.slice(0, start)) && /(?:ing|ed|ly)$/.test(words[first]!);
  return end > start && !isOneVerb ? { start, end } : undefined;
}
