/** How much of a text its embedding gives back: words by ridge regression, the whole text by the nearest known one. */
import { learnInversion, type Embeddings } from "./attacks/invert-embedding.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { bootstrapPeople, type Estimate } from "./people-bootstrap.js";
import { rougeL } from "./rouge-l.js";
import { BOOTSTRAP_REPLICATES } from "./score-attack.js";
import { splitWords } from "./word-table.js";

/** Texts with their embeddings, of one person each. */
export interface EmbeddedTexts {
  readonly texts: readonly string[];
  /** From 0 without gaps; every fifth person is attacked, the attacker has the others' texts. */
  readonly people: Int32Array;
  readonly embeddings: Embeddings;
}

/** What was recovered, mean over attacked texts; intervals over their people. */
export interface InversionScore {
  readonly attackedTexts: number;
  /** Share of a text's words among as many words of the highest score, and among the most common words. */
  readonly words: Estimate;
  readonly wordsPrior: Estimate;
  /** ROUGE-L of the nearest known text, and of a known text at random. */
  readonly rouge: Estimate;
  readonly rougePrior: Estimate;
}

/** Words that fewer known texts have are not looked for. */
const FEWEST_TEXTS = 3;
const RIDGE = 0.01;
const INVERSION_DRAWS = 2 ** 39;

/** Attacks the texts of every fifth person. */
export function scoreInversion({ texts, people, embeddings }: EmbeddedTexts, seed: number): InversionScore {
  const rows = texts.map((_, row) => row), known = rows.filter((row) => people[row]! % 5 !== 0), attacked = rows.filter((row) => people[row]! % 5 === 0);
  const words = texts.map((text) => [...new Set(splitWords(text))]), vocabulary = commonWords(known.map((row) => words[row]!)), placeOf = new Map(vocabulary.map((word, place) => [word, place]));
  const presence = new Float64Array(known.length * vocabulary.length), stream = new RandomStream(seed, 0, Purpose.attack).seek(INVERSION_DRAWS, 0);
  known.forEach((row, i) => { for (const word of words[row]!) { const place = placeOf.get(word); if (place !== undefined) presence[i * vocabulary.length + place] = 1; } });
  const inversion = learnInversion(selectEmbeddings(embeddings, known), presence, RIDGE), targets = selectEmbeddings(embeddings, attacked);
  const scores = inversion.scoreWords(targets), nearest = inversion.findNearest(targets);
  const outcomes = attacked.map((row, i) => {
    const own = words[row]!, found = highestWords(scores.subarray(i * vocabulary.length, (i + 1) * vocabulary.length), vocabulary, own.length), original = splitWords(texts[row]!);
    return [share(own, found), share(own, vocabulary.slice(0, own.length)), rougeL(splitWords(texts[known[nearest[i]!]!]!), original), rougeL(splitWords(texts[known[stream.nextInt(known.length)]!]!), original)];
  });
  const attackedPeople = [...new Set(attacked.map((row) => people[row]!))], denseOf = new Map(attackedPeople.map((person, i) => [person, i]));
  const statistics = (weights: Float64Array): number[] => [0, 1, 2, 3].map((measure) => {
    let sum = 0, total = 0;
    attacked.forEach((row, i) => { const weight = weights[denseOf.get(people[row]!)!]!; sum += weight * outcomes[i]![measure]!; total += weight; });
    return sum / total;
  });
  const [recovered, wordsPrior, rouge, rougePrior] = bootstrapPeople(attackedPeople.length, statistics, stream, INVERSION_DRAWS + 1, BOOTSTRAP_REPLICATES, 1);
  return { attackedTexts: attacked.length, words: recovered!, wordsPrior: wordsPrior!, rouge: rouge!, rougePrior: rougePrior! };
}

/** Most common words first. */
function commonWords(texts: readonly (readonly string[])[]): string[] {
  const counts = new Map<string, number>();
  for (const word of texts.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= FEWEST_TEXTS).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([word]) => word);
}

function highestWords(scores: Float64Array, vocabulary: readonly string[], count: number): string[] {
  return [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!).slice(0, count).map((place) => vocabulary[place]!);
}

function share(own: readonly string[], found: readonly string[]): number { return own.filter((word) => found.includes(word)).length / Math.max(1, own.length); }

function selectEmbeddings({ width, values }: Embeddings, rows: readonly number[]): Embeddings {
  const selected = new Float64Array(rows.length * width);
  rows.forEach((row, i) => { selected.set(values.subarray(row * width, (row + 1) * width), i * width); });
  return { rowCount: rows.length, width, values: selected };
}
