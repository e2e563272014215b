/** A load as the simulator has it: rehearsed questions on the machine's costs, as answers that can be tabulated like those of a live load. */
import type { HostedPlan } from "../../hosted/hosted-system.js";
import type { QuestionInstants } from "../../hosted/host-costs.js";
import { simulateHosted } from "../../hosted/simulate-hosted.js";
import type { AskedQuestion } from "../load/run-load.js";
import type { AnswerReport } from "../personal/assistant.js";
import type { RehearsedQuestion } from "./rehearse-load.js";

/** Simulates a load. @param startedAtUs Instant that it is laid at. Microseconds since 1970. */
export function forecastLoad(plan: HostedPlan, questions: readonly RehearsedQuestion[], startedAtUs: number = 0): AskedQuestion[] {
  const instants = simulateHosted(plan, questions.map(({ planned: { clientId, askAtUs }, work }) => ({ client: clientId, askAtUs, work })));
  return questions.map((question, place) => answerOf(question, instants[place]!, startedAtUs));
}

function answerOf({ planned, text, report }: RehearsedQuestion, seen: QuestionInstants, startedAtUs: number): AskedQuestion {
  const at = (instant: number): number => startedAtUs + instant, shownAtUs = at(seen.shownAtUs), endedAtUs = at(seen.endedAtUs);
  const timed: AnswerReport = {
    ...report, startedAtUs: at(seen.startedAtUs), prefilledAtUs: at(seen.prefilledAtUs), decidedAtUs: at(seen.decidedAtUs), firstTokenAtUs: shownAtUs, lastTokenAtUs: endedAtUs,
    ...(seen.combinedAtUs === undefined ? {} : { combinedAtUs: at(seen.combinedAtUs) }), ...(report.consult === undefined ? {} : { consult: { ...report.consult, ...consultInstants(seen, at) } }),
  };
  return { planned, dueAtUs: at(planned.askAtUs), endedAtUs, answer: { text, report: timed, askedAtUs: at(seen.askedAtUs), shownAtUs, endedAtUs } };
}

function consultInstants(seen: QuestionInstants, at: (instant: number) => number): Pick<NonNullable<AnswerReport["consult"]>, "sealedAtUs" | "openedAtUs" | "timings"> {
  const { consultedAtUs, consultAnsweredAtUs, endedAtUs } = seen, reached = (instant: number | undefined): number => at(instant ?? endedAtUs);
  return {
    sealedAtUs: reached(seen.sealedAtUs), openedAtUs: reached(seen.openedAtUs), timings: {
      arrivedAtUs: reached(seen.arrivedAtUs), admittedAtUs: reached(seen.admittedAtUs), firstTokenAtUs: reached(seen.tierFirstTokenAtUs), lastTokenAtUs: reached(seen.tierLastTokenAtUs),
      ...(consultedAtUs === undefined ? {} : { consultedAtUs: at(consultedAtUs) }), ...(consultAnsweredAtUs === undefined ? {} : { consultAnsweredAtUs: at(consultAnsweredAtUs) }),
    },
  };
}
