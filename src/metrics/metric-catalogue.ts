/** Every metric by name: title, unit, direction, definition. Tables, figures and findings use these names only. */
import type { MetricSpec } from "./findings.js";
import { LEAKAGE_METRICS } from "./leakage-metrics.js";

function metric(name: string, answer: MetricSpec["answer"], title: string, unit: string, better: MetricSpec["better"], digits: number, definition: string): MetricSpec {
  return { name, answer, title, unit, better, digits, definition };
}

/** All metrics in table order. */
export const METRICS: readonly MetricSpec[] = [
  metric("ttft.mean", "speed", "TTFT mean", "s", "lower", 2, "Mean time from asked to the first token on screen, over answered questions."),
  metric("ttft.p50", "speed", "TTFT median", "s", "lower", 2, "Median of the same time, from a histogram with bins of at most 1.6% width."),
  metric("ttft.p95", "speed", "TTFT P95", "s", "lower", 2, "95th percentile of the same time."),
  metric("ttft.p99", "speed", "TTFT P99", "s", "lower", 2, "99th percentile of the same time."),
  metric("latency.mean", "speed", "Latency mean", "s", "lower", 2, "Mean time from asked to the last token on screen, over answered questions."),
  metric("latency.p95", "speed", "Latency P95", "s", "lower", 2, "95th percentile of the same time."),
  metric("tpot.mean", "speed", "TPOT mean", "ms", "lower", 1, "Mean over answered questions of (last - first token) / (answer tokens - 1)."),
  metric("deadline.met", "speed", "First token within 4 s", "fraction", "higher", 3, "Answered questions with a first token within 4 s, of all asked."),
  metric("route.personal", "speed", "Answered by P", "fraction", "none", 3, "Questions answered by P alone by choice, of answered ones."),
  metric("route.expert", "speed", "Answered with E", "fraction", "none", 3, "Questions answered with E, T consulted or not, of answered ones."),
  metric("route.general", "speed", "Answered by T", "fraction", "none", 3, "Questions answered by T, of answered ones."),
  metric("route.fallback", "speed", "Fallback to P", "fraction", "none", 3, "Questions that P answered because no tier did, of answered ones."),
  metric("answered.fraction", "speed", "Answered", "fraction", "higher", 4, "Questions answered, of asked ones."),
  metric("abandoned.fraction", "speed", "Given up by user", "fraction", "lower", 4, "Questions whose user's patience ended first, of asked ones."),
  metric("failed.fraction", "speed", "Failed", "fraction", "lower", 4, "Questions that nobody could answer, of asked ones."),
  metric("energy.compute", "memory-energy", "Compute energy", "J/question", "lower", 2, "Energy of P's inference per asked question."),
  metric("energy.radio", "memory-energy", "Radio energy", "J/question", "lower", 2, "Energy of the radio per asked question, tail included."),
  metric("energy.screen", "memory-energy", "Screen energy", "J/question", "lower", 2, "Energy of the screen while the user waits and reads, per asked question."),
  metric("battery.perDay", "memory-energy", "Battery per day", "fraction", "lower", 4, "Compute and radio energy of one day, of a full battery, mean over people."),
  metric("battery.empty", "memory-energy", "Refused for low battery", "fraction", "lower", 4, "Questions that found the battery below the limit for inference, of asked ones."),
  metric("memory.workingSet", "memory-energy", "P working set", "GB", "lower", 2, "Weights, KV cache and runtime of P at its context limit, mean over devices."),
  metric("memory.unfit", "memory-energy", "P does not fit", "fraction", "lower", 4, "Questions that found too little free memory for P, of asked ones."),
  metric("memory.reloads", "memory-energy", "Model reloads", "fraction", "lower", 4, "Questions that had to load P from flash first, of asked ones."),
  metric("heat.mean", "memory-energy", "Heat at the end", "fraction", "lower", 3, "Mean thermal state when questions end; 1 is the sustained plateau."),
  metric("bytes.up", "memory-energy", "Bytes up", "kB/question", "lower", 2, "Bytes that phones put on the air per asked question, all attempts, lost ones included."),
  metric("bytes.down", "memory-energy", "Bytes down", "kB/question", "lower", 2, "Bytes of answers that phones received per asked question."),
  metric("bytes.lost", "memory-energy", "Bytes lost", "fraction", "lower", 4, "Bytes lost on the phones' links and sent again, or sent to phones that had stopped waiting, of all bytes sent up and down."),
  metric("correct.fraction", "quality", "Right answers", "fraction", "higher", 4, "Questions answered right, of asked ones."),
  metric("correct.answered", "quality", "Right when answered", "fraction", "higher", 4, "Questions answered right, of answered ones."),
  metric("stale.fraction", "quality", "Stale expert knowledge", "fraction", "lower", 4, "Expert answers whose fact had changed since E's last refresh, of expert answers."),
  metric("secrets.sent", "leakage", "Secrets sent in clear", "per question", "lower", 3, "Sensitive attributes that reached a tier in clear, per asked question."),
  ...LEAKAGE_METRICS,
  metric("money.perUserDay", "economics", "Money per person and day", "USD", "lower", 5, "Tokens of E and T at the book's prices plus electricity, per person and simulated day."),
  metric("money.expert", "economics", "Paid to E", "USD/1000 questions", "none", 4, "Tokens of E at the book's price."),
  metric("money.general", "economics", "Paid to T", "USD/1000 questions", "none", 4, "Tokens of T at the book's price, E's consultations included."),
  metric("money.electricity", "economics", "Electricity on the device", "USD/1000 questions", "lower", 4, "Compute and radio energy at the price of electricity."),
  metric("money.gpu", "economics", "GPU rent", "USD/1000 questions", "lower", 4, "GPU hours up at the book's rent."),
  metric("market.participation", "economics", "Participation", "fraction", "higher", 4, "Stable share of people who join, at this cell's measured quality and cost."),
  metric("market.criticalMass", "economics", "Critical mass", "fraction", "lower", 4, "Unstable share below which participation collapses."),
  metric("market.foldMargin", "economics", "Distance to collapse", "USD/day", "higher", 5, "Fold cost sV/4 minus net cost; negative: the market collapses."),
  metric("market.agentParticipation", "economics", "Participation, agents", "fraction", "higher", 4, "The same share reached by the agent-based check."),
  metric("tier.expert.utilization", "servers", "E busy", "fraction", "none", 3, "GPU busy time over GPU up time of the E pools."),
  metric("tier.general.utilization", "servers", "T busy", "fraction", "none", 3, "GPU busy time over GPU up time of the T pool."),
  metric("tier.preemptions", "servers", "Preemptions", "per 1000", "lower", 3, "Preempted sequences per 1000 requests at the tiers."),
  metric("tier.cacheHit", "servers", "Prefix cache hits", "fraction", "higher", 3, "Prompt tokens found in prefix caches, of prompt tokens."),
  metric("tier.wait.p95", "servers", "Tier wait P95", "s", "lower", 2, "95th percentile of arrival to start of prefill."),
  metric("questions", "servers", "Questions asked", "1", "none", 0, "Questions asked after the warm-up, in this cell."),
];
