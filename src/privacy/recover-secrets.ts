/**
 * Secrets that a reader recovers from requests after redaction: one that stands there is read; a hidden one is guessed from
 * the words around its placeholder, by what other people's requests taught about that attribute.
 */
import { reader } from "./attacks/reader.js";
import { crossGuess } from "./cross-fit.js";
import { leakageBits } from "./leakage-bits.js";
import type { ObservedPrompt } from "./observers/prompt-observer.js";
import { placeholderOf, type SecretSpan } from "./observers/redact-secrets.js";
import { bootstrapPeople, type Estimate } from "./people-bootstrap.js";
import { rougeL } from "./rouge-l.js";
import { RandomStream, Purpose } from "../core/random-stream.js";
import { BOOTSTRAP_REPLICATES, foldOfRows } from "./score-attack.js";
import type { TaskPlace } from "./score-task.js";
import { splitWords, tabulateWords } from "./word-table.js";

/** What was recovered. Rates are over secrets in requests; intervals over people. */
export interface RecoveryScore {
  readonly people: number;
  readonly secrets: number;
  /** Share of secrets recovered, and of those a blind guess of each attribute's most common value would have. */
  readonly top1: Estimate;
  readonly prior: Estimate;
  readonly bits: Estimate;
  /** ROUGE-L of the reconstructed request against the original. */
  readonly rouge: Estimate;
}

const FEWEST_SECRETS = 30, FEWEST_PEOPLE = 10;

interface SecretRow { readonly prompt: ObservedPrompt; readonly secret: SecretSpan; readonly person: number }

/**
 * Recovers the secrets of requests; undefined when there are too few.
 *
 * @param placeOf Place of each person in a random order: deals people to folds.
 */
export function recoverSecrets(prompts: readonly ObservedPrompt[], placeOf: ReadonlyMap<number, number>, { seed, taskNumber }: TaskPlace): RecoveryScore | undefined {
  const rows = prompts.flatMap((prompt) => prompt.secrets.map((secret) => ({ prompt, secret, person: placeOf.get(prompt.clientId)! })));
  const people = [...new Set(rows.map(({ person }) => person))].sort((a, b) => a - b);
  if (rows.length < FEWEST_SECRETS || people.length < FEWEST_PEOPLE) return undefined;
  const denseOf = new Map(people.map((person, i) => [person, i])), guesses = guessHidden(rows);
  const outcomes = rows.map((row, i) => ({ person: denseOf.get(row.person)!, ...judge(row, guesses[i]!) }));
  const statistics = (weights: Float64Array): number[] => {
    let total = 0, right = 0, blind = 0, rouge = 0;
    for (const outcome of outcomes) {
      const weight = weights[outcome.person]!;
      total += weight;
      right += weight * outcome.isRecovered;
      blind += weight * outcome.isBlindRight;
      rouge += weight * outcome.rouge;
    }
    return [right / total, blind / total, leakageBits(right / total, Math.max(blind / total, 1 / total)).bits, rouge / total];
  };
  const [top1, prior, bits, rouge] = bootstrapPeople(people.length, statistics, new RandomStream(seed, 0, Purpose.attack), taskNumber, BOOTSTRAP_REPLICATES, 1);
  return { people: people.length, secrets: rows.length, top1: top1!, prior: prior!, bits: bits!, rouge: rouge! };
}

/** A reader's guess, made without the person's own requests; and the attribute's most common value among all, which no blind guess beats. */
interface Guess { readonly byWords: string; readonly blind: string }

function guessHidden(rows: readonly SecretRow[]): Guess[] {
  const guesses = new Array<Guess>(rows.length), attributes = new Set(rows.map(({ secret }) => secret.attribute));
  for (const attribute of attributes) {
    const places = rows.flatMap(({ secret }, i) => (secret.attribute === attribute ? [i] : [])), own = places.map((i) => rows[i]!);
    guessAttribute(own).forEach((guess, i) => { guesses[places[i]!] = guess; });
  }
  return guesses;
}

function guessAttribute(rows: readonly SecretRow[]): Guess[] {
  const values = [...new Set(rows.map(({ secret }) => secret.value))].sort(), labels = Int32Array.from(rows, ({ secret }) => values.indexOf(secret.value));
  const people = Int32Array.from(rows, ({ person }) => person), folds = foldOfRows(people);
  const blind = rows.map(() => values[mostCommon(labels, values.length)]!);
  if (values.length < 2) return blind.map((value) => ({ byWords: value, blind: value }));
  const topClass = crossGuess(reader, { features: tabulateWords(rows.map(({ prompt }) => prompt.record.text)), labels, people, classCount: values.length }, folds);
  return blind.map((value, row) => ({ byWords: values[topClass[row]!]!, blind: value }));
}

function mostCommon(labels: Int32Array, classCount: number): number {
  const counts = new Float64Array(classCount);
  for (const label of labels) counts[label]!++;
  return counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0));
}

function judge({ prompt, secret }: SecretRow, { byWords, blind }: Guess): { isRecovered: number; isBlindRight: number; rouge: number } {
  const { value, attribute, isHidden } = secret, text = isHidden ? prompt.record.text.replaceAll(placeholderOf(attribute), byWords) : prompt.record.text;
  return { isRecovered: !isHidden || byWords === value ? 1 : 0, isBlindRight: blind === value ? 1 : 0, rouge: rougeL(splitWords(text), splitWords(prompt.original)) };
}
