/** What sizes of chunks give back of answers: the text that the path observer puts together, against the true one. */
import { Purpose, RandomStream } from "../core/random-stream.js";
import { matchLengths } from "./attacks/match-lengths.js";
import { FOLD_COUNT } from "./cross-fit.js";
import { leakageBits } from "./leakage-bits.js";
import { bootstrapPeople } from "./people-bootstrap.js";
import { rougeL } from "./rouge-l.js";
import { BOOTSTRAP_REPLICATES } from "./score-attack.js";
import type { TaskPlace } from "./score-task.js";
import type { TaskFindings } from "./task-findings.js";
import { splitWords } from "./word-table.js";

const FEWEST_ANSWERS = 30, FEWEST_PEOPLE = 10;
/** Draws of blind reconstructions begin here. */
const BLIND_DRAWS = 2 ** 40;

/** An answer with the sizes of its chunks on the path, and whose it is. */
export interface AnswerOnPath { readonly clientId: number; readonly answer: string; readonly chunkBytes: readonly number[] }

/** Metrics leak.tokens.*: whole answers found, and ROUGE-L of the reconstruction, each beside a blind one. People of a fold are attacked with the answers of the others. */
export function scoreChunks(answers: readonly AnswerOnPath[], placeOf: ReadonlyMap<number, number>, place: TaskPlace): TaskFindings {
  const people = [...new Set(answers.map(({ clientId }) => placeOf.get(clientId)!))].sort((a, b) => a - b);
  if (answers.length < FEWEST_ANSWERS || people.length < FEWEST_PEOPLE) return { metrics: {}, warnings: ["leak.tokens is not scored: too few answers of tiers."] };
  const denseOf = new Map(people.map((person, i) => [person, i])), outcomes = reconstruct(answers, placeOf, place.seed);
  const owners = answers.map(({ clientId }) => denseOf.get(placeOf.get(clientId)!)!);
  const statistics = (weights: Float64Array): number[] => {
    const sums = [0, 0, 0, 0];
    let total = 0;
    outcomes.forEach((outcome, i) => { const weight = weights[owners[i]!]!; total += weight; outcome.forEach((value, m) => { sums[m]! += weight * value; }); });
    const [exact, blind, rouge, blindRouge] = sums.map((sum) => sum / total);
    return [exact!, blind!, rouge!, blindRouge!, leakageBits(exact!, Math.max(blind!, 1 / total)).bits];
  };
  const [exact, blind, rouge, blindRouge, bits] = bootstrapPeople(people.length, statistics, new RandomStream(place.seed, 0, Purpose.attack), place.taskNumber, BOOTSTRAP_REPLICATES, 1);
  return {
    metrics: {
      "leak.tokens.top1": exact!.value, "leak.tokens.prior": blind!.value, "leak.tokens.rouge": rouge!.value, "leak.tokens.rouge.prior": blindRouge!.value,
      "leak.tokens.bits": bits!.value, "leak.tokens.bits.low": bits!.low, "leak.tokens.bits.high": bits!.high,
    }, warnings: [],
  };
}

/** Of each answer: found whole, found whole by the most common known answer, ROUGE-L, ROUGE-L of a known answer at random. */
function reconstruct(answers: readonly AnswerOnPath[], placeOf: ReadonlyMap<number, number>, seed: number): number[][] {
  const sizes = answers.map(({ chunkBytes }) => chunkBytes), outcomes = new Array<number[]>(answers.length), stream = new RandomStream(seed, 0, Purpose.attack);
  for (let fold = 0; fold < FOLD_COUNT; fold++) {
    const isOfFold = (i: number): boolean => placeOf.get(answers[i]!.clientId)! % FOLD_COUNT === fold, rows = answers.map((_, i) => i);
    const known = rows.filter((i) => !isOfFold(i)), targets = rows.filter(isOfFold);
    if (known.length === 0) continue;
    const matched = matchLengths(known.map((i) => sizes[i]!), targets.map((i) => sizes[i]!)), common = mostCommon(known.map((i) => answers[i]!.answer));
    targets.forEach((row, t) => {
      const { answer } = answers[row]!, found = answers[known[matched[t]!]!]!.answer, blind = answers[known[stream.seek(BLIND_DRAWS, row).nextInt(known.length)]!]!.answer, words = splitWords(answer);
      outcomes[row] = [found === answer ? 1 : 0, common === answer ? 1 : 0, rougeL(splitWords(found), words), rougeL(splitWords(blind), words)];
    });
  }
  return outcomes.map((outcome) => outcome ?? [0, 0, 0, 0]);
}

function mostCommon(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best), ["", 0] as [string, number])[0];
}
