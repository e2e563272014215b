/**
 * Speed of the synthetic world: people, questions and training texts made one after another, none kept. Beside them the
 * floor: the random draws of a person alone.
 */
import { worldSection } from "../config/sections/world-section.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { samplePerson } from "../world/people/person.js";
import { sampleQuery } from "../world/queries/sample-query.js";
import { trainingText } from "../world/text/training-text.js";
import { makeWorld } from "../world/world.js";
import type { BenchRow } from "./bench-row.js";
import { measureWork, speedOf } from "./measure-work.js";

/** Draws of one person, about. */
const DRAWS_PER_PERSON = 40;
const QUERIES_PER_PERSON = 0.1;
const WARM_UP = 2000;

/** Measures each maker. @param size People; a tenth as many questions and texts. */
export async function measureWorld(size: number): Promise<BenchRow[]> {
  const world = makeWorld(worldSection.parse({})), few = Math.max(1, Math.round(QUERIES_PER_PERSON * size));
  return [
    await measureMaker("draws-alone", size, drawOnly),
    await measureMaker("people", size, (index) => samplePerson(world, index).values.name.length),
    await measureMaker("questions", few, (index) => sampleQuery(world, "test", "mixed", index).question.length),
    await measureMaker("texts", few, (index) => trainingText(world, "personal", index).completion.length),
  ];
}

/** What the random numbers of a person cost, whatever is made of them. */
function drawOnly(index: number): number {
  const stream = new RandomStream(1, 0, Purpose.bench).seek(index, 0);
  let sum = 0;
  for (let draw = 0; draw < DRAWS_PER_PERSON; draw++) sum += stream.nextUniform();
  return sum;
}

async function measureMaker(variant: string, size: number, make: (index: number) => number): Promise<BenchRow> {
  let sum = 0;
  for (let index = 0; index < WARM_UP; index++) sum += make(index);
  const { effort } = await measureWork(() => { for (let index = 0; index < size; index++) sum += make(index); return sum; });
  return { bench: "world", variant, size, threads: 1, ...speedOf(size, effort) };
}
