/** A tier that answers, fails and times out at random but keeps its promises: what it serves is in time. */
import { Purpose, RandomStream } from "../core/random-stream.js";
import { RequestField as R } from "../tiers/tier-messages.js";
import { type TierScript, type TierVerdict, US } from "./client-world.fixture.js";

/**
 * Verdicts that are a function of the request alone.
 *
 * @param missFraction Requests that time out, and as many that fail.
 */
export function randomTier(missFraction: number): TierScript {
  const stream = new RandomStream(99, 0, Purpose.test);
  return (request): TierVerdict => {
    stream.seek(request[R.clientId]!, request[R.attemptKey]!);
    const luck = stream.nextUniform(), admitUs = Math.ceil(stream.nextExponential() * 0.3 * US), prefillUs = Math.ceil((0.05 + stream.nextExponential() * 0.5) * US);
    const restS = Math.ceil(request[R.answerTokens]! * 0.02), knowledgeAgeUs = stream.nextUniform() * 10 * 86_400 * US, consultUs = Math.ceil(stream.nextUniform() * US);
    const isConsulted = request[R.needsConsult] === 1, waitUs = admitUs + (isConsulted ? consultUs + 1000 : 0), firstUs = waitUs + prefillUs;
    const isLate = request[R.arriveAtUs]! + firstUs + request[R.downlinkDelayUs]! > request[R.deadlineAtUs]!;
    if (luck < missFraction || isLate) return { kind: "time-out", madeTokens: isLate ? Math.ceil(request[R.answerTokens]! / 2) : 0 };
    if (luck < 2 * missFraction) return { kind: "fail", afterUs: Math.min(admitUs, request[R.deadlineAtUs]! - request[R.arriveAtUs]!) };
    return {
      kind: "serve", admitUs, firstUs, lastUs: firstUs + (request[R.answerTokens]! > 1 ? restS * US : 0), knowledgeAgeUs, cachedTokens: request[R.prefixTokens]!,
      preemptions: luck > 0.95 ? 1 : 0, ...(isConsulted ? { consultUs: [admitUs + 500, admitUs + 500 + consultUs] as const } : {}),
    };
  };
}
