/** The detector of personal spans: forms with check digits, lists, shapes of names, and the user's own profile. */
import { STRENGTH, type FoundSpan, type PersonalSpan } from "./personal-span.js";
import { findNames } from "./name-shapes.js";
import { SPAN_PATTERNS } from "./patterns.js";

/** Values that the user wants kept: own name, doctor, condition. Not to be changed once it was searched for. Found wherever they stand as whole words, in any case; single letters in their own. */
export type Profile = readonly string[];

const POSTCODE = /(?<![\w-])\d{4,6}(?![\w-])/g;
/** What may stand between a place and its postcode. */
const NEAR = /^[\s,]{1,4}$/;
/**
 * Personal spans of a text by their place, none overlapping another: the stronger, then the longer one stands.
 *
 * @param profile The user's own values.
 */
export function findSpans(text: string, profile: Profile = []): PersonalSpan[] {
  const found = [...findProfile(text, profile), ...SPAN_PATTERNS.flatMap((pattern) => findForm(text, pattern)), ...findNames(text)];
  const chosen: FoundSpan[] = [];
  for (const span of found.sort((a, b) => b.strength - a.strength || (b.end - b.start) - (a.end - a.start) || a.start - b.start)) {
    if (chosen.every(({ start, end }) => span.end <= start || span.start >= end)) chosen.push(span);
  }
  return [...chosen, ...findPostcodes(text, chosen)].sort((a, b) => a.start - b.start).map(({ type, start, end }) => ({ type, start, end }));
}

/** Numbers of four to six digits right before or after a place or an address. */
function findPostcodes(text: string, chosen: readonly FoundSpan[]): FoundSpan[] {
  const places = chosen.filter(({ type }) => type === "GPE" || type === "STREET_ADDRESS");
  return [...text.matchAll(POSTCODE)].flatMap(({ 0: digits, index }) => {
    const end = index + digits.length, isFree = chosen.every((span) => end <= span.start || index >= span.end);
    const isBeside = places.some((span) => NEAR.test(text.slice(span.end, Math.max(span.end, index))) && index >= span.end || end <= span.start && NEAR.test(text.slice(end, span.start)));
    return isFree && isBeside ? [{ type: "STREET_ADDRESS" as const, start: index, end, strength: STRENGTH.context }] : [];
  });
}

function findForm(text: string, { type, pattern, fits, strength }: (typeof SPAN_PATTERNS)[number]): FoundSpan[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const inner = match.groups?.["span"], span = (inner ?? match[0]).trimEnd();
    const start = match.index + (inner === undefined ? 0 : match[0].indexOf(inner));
    return span === "" || fits?.(span) === false ? [] : [{ type, start, end: start + span.length, strength }];
  });
}

function findProfile(text: string, profile: Profile): FoundSpan[] {
  return patternsOf(profile).flatMap((pattern) => [...text.matchAll(pattern)].map(({ 0: span, index }): FoundSpan => (
    { type: "PROFILE", start: index, end: index + span.length, strength: STRENGTH.profile })));
}

/** Patterns of a profile; making them takes longer than a search. */
const PROFILE_PATTERNS = new WeakMap<Profile, readonly RegExp[]>();

function patternsOf(profile: Profile): readonly RegExp[] {
  const known = PROFILE_PATTERNS.get(profile);
  if (known !== undefined) return known;
  const patterns = profile.filter((value) => value !== "").map((value) => (
    new RegExp(`(?<![\\p{L}\\p{N}])${value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}])`, value.length === 1 ? "gu" : "giu")));
  PROFILE_PATTERNS.set(profile, patterns);
  return patterns;
}
