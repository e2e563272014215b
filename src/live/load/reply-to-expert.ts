/** People whom a malicious expert asks back: some say their question again, with what it asked for. */
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { ASKED_BACK, isTold, tellingOf } from "../../privacy/observers/malicious-expert.js";
import { samplePerson } from "../../world/people/person.js";
import type { World } from "../../world/world.js";
import { askedBackBy } from "../gateway/ask-back.js";
import type { PlannedQuestion } from "./plan-load.js";
import type { AskedQuestion } from "./run-load.js";

/** How people meet a malicious expert. */
export interface ReplyTerms {
  readonly world: World;
  /** Chance that what is asked for is told. From 0 to 1. */
  readonly compliance: number;
  readonly seed: number;
}

/** Makes what somebody says to an answer that shows an expert's question; undefined for other answers, and for people who do not tell. */
export function makeReplyTo({ world, compliance, seed }: ReplyTerms): (question: AskedQuestion) => PlannedQuestion | undefined {
  const stream = new RandomStream(seed, 0, Purpose.attack);
  return ({ planned, answer }) => {
    const { query, clientId } = planned, area = answer?.report.area, attribute = ASKED_BACK[area ?? ""], shown = area === undefined ? undefined : askedBackBy(area);
    if (attribute === undefined || shown === undefined || !answer!.text.toLowerCase().includes(shown) || !isTold(planned, compliance, stream)) return undefined;
    return { ...planned, query: { ...query, question: `${query.question} ${tellingOf(attribute, samplePerson(world, clientId))}` } };
  };
}
