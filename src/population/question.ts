/**
 * What a person asks: everything about a question that does not depend on who answers it. A pure function of
 * (seed, replication, client, question number), so that all policies meet the same questions.
 */
import type { Scenario } from "../config/scenario-schema.js";
import { normalQuantile, sampleIndex } from "../core/distributions.js";
import { exp } from "../core/elementary.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { QUERY_KINDS } from "../records/truth-record.js";

/** Question attributes, overwritten by each `sample`. */
export interface Question {
  /** Code of `QueryKind`. */
  kind: number;
  /** Domain index, or -1 for personal, general and chat. */
  domain: number;
  /** Tokens of the question itself. */
  promptTokens: number;
  answerTokens: number;
  /** Uniform on (0, 1). */
  difficulty: number;
  /** Sensitive attributes that the question touches. */
  secretCount: number;
  /** Of these, the ones P's redaction misses. */
  secretsMissed: number;
  /** Decides whether an answer is right: it is when this is below the answer's chance. Uniform on (0, 1). */
  luck: number;
  /** Decides whether an expert's fact is stale. Uniform on (0, 1). */
  staleness: number;
  /** Decides the error of P's confidence. Uniform on (0, 1). */
  confidenceLuck: number;
  /** Decides whether E asks T. Uniform on (0, 1). */
  consultation: number;
  /** Decides whether cover traffic is sent. Uniform on (0, 1). */
  cover: number;
  /** Decide the bytes of a token in the question and in the answer, see `bytesPerToken`. Uniform on (0, 1). */
  promptBytesLuck: number;
  answerBytesLuck: number;
  /** Time to the first token after which the user gives up. Integer microseconds. */
  patienceUs: number;
}

const MOST_SECRETS = 50;

/** Lengths of a recorded trace, dealt out to the clients in turn. */
export interface TraceLengths { readonly promptTokens: ArrayLike<number>; readonly answerTokens: ArrayLike<number> }

/** Draws questions of one scenario. */
export class QuestionSampler {
  readonly question: Question = {
    kind: 0, domain: -1, promptTokens: 1, answerTokens: 1, difficulty: 0, secretCount: 0, secretsMissed: 0, luck: 0, staleness: 0,
    confidenceLuck: 0, consultation: 0, cover: 0, promptBytesLuck: 0, answerBytesLuck: 0, patienceUs: 1,
  };
  private readonly stream: RandomStream;
  private readonly population: Scenario["population"];
  private readonly protocol: Scenario["protocol"];
  private readonly kindCumulative: Float64Array;
  private readonly domainCumulative: Float64Array;
  /** e^-mean of the Poisson number of secrets: one entry per domain, then personal. */
  private readonly noSecretChance: Float64Array;

  private readonly trace: TraceLengths | undefined;

  constructor(scenario: Scenario, seed: number, replication: number, trace?: TraceLengths) {
    this.stream = new RandomStream(seed, replication, Purpose.query);
    this.trace = trace;
    this.population = scenario.population;
    this.protocol = scenario.protocol;
    this.kindCumulative = cumulate(QUERY_KINDS.map((kind) => scenario.population.kindShares[kind]));
    this.domainCumulative = cumulate(scenario.population.domains.map((domain) => domain.share));
    const means = [...scenario.population.domains.map((domain) => domain.secretsPerQuery), scenario.population.secretsPerPersonalQuery];
    this.noSecretChance = Float64Array.from(means, (mean) => exp(-mean));
  }

  /**
   * Draws a question into `question`.
   *
   * @param isFollowUp A later turn of a session: the question is short, its history is in the context already.
   */
  sample(client: number, queryIndex: number, isFollowUp: boolean): Question {
    const { stream, question: q, population } = this;
    stream.seek(client, queryIndex);
    q.kind = sampleIndex(stream, this.kindCumulative);
    const domain = sampleIndex(stream, this.domainCumulative);
    q.domain = q.kind === 1 || q.kind === 2 ? domain : -1;
    const profile = q.domain >= 0 ? population.domains[q.domain]! : undefined;
    q.promptTokens = tokenCount(stream, isFollowUp ? population.followUpTokens : population.promptTokens, profile?.promptFactor ?? 1);
    q.answerTokens = tokenCount(stream, population.answerTokens, profile?.answerFactor ?? 1);
    q.difficulty = stream.nextUniform();
    q.luck = stream.nextUniform();
    q.staleness = stream.nextUniform();
    q.confidenceLuck = stream.nextUniform();
    q.consultation = stream.nextUniform();
    q.cover = stream.nextUniform();
    q.promptBytesLuck = stream.nextUniform();
    q.answerBytesLuck = stream.nextUniform();
    q.patienceUs = Math.ceil(population.patienceS * exp(population.patienceLogSd * stream.nextNormal()) * 1e6);
    this.sampleSecrets();
    if (this.trace !== undefined) this.takeTraceLengths(this.trace, client, queryIndex);
    return q;
  }

  private takeTraceLengths(trace: TraceLengths, client: number, queryIndex: number): void {
    const row = queryIndex * this.population.clients + client;
    this.question.promptTokens = trace.promptTokens[row]!;
    this.question.answerTokens = trace.answerTokens[row]!;
  }

  /** Mean UTF-8 bytes of a token in a message: log-normal over messages. @param luck Uniform on (0, 1). */
  bytesPerToken(luck: number): number {
    return this.protocol.bytesPerToken * exp(this.protocol.bytesPerTokenSpread * normalQuantile(luck));
  }

  private sampleSecrets(): void {
    const { question: q, stream } = this;
    q.secretCount = 0;
    q.secretsMissed = 0;
    if (q.kind === 3 || q.kind === 4) return;
    const row = q.kind === 0 ? this.noSecretChance.length - 1 : q.domain;
    const floor = this.noSecretChance[row]!;
    for (let product = stream.nextUniform(); product > floor && q.secretCount < MOST_SECRETS; product *= stream.nextUniform()) q.secretCount++;
    for (let i = 0; i < q.secretCount; i++) if (stream.nextUniform() >= this.protocol.redactFraction) q.secretsMissed++;
  }
}

interface TokenLengths { readonly logMean: number; readonly logSd: number; readonly maxTokens: number }

function tokenCount(stream: RandomStream, lengths: TokenLengths, factor: number): number {
  const tokens = Math.round(exp(lengths.logMean + lengths.logSd * stream.nextNormal()) * factor);
  return tokens < 1 ? 1 : tokens > lengths.maxTokens ? lengths.maxTokens : tokens;
}

function cumulate(shares: readonly number[]): Float64Array {
  const cumulative = new Float64Array(Math.max(1, shares.length));
  let sum = 0;
  for (let i = 0; i < shares.length; i++) cumulative[i] = sum += shares[i]!;
  for (let i = 0; i < cumulative.length; i++) cumulative[i]! /= sum;
  return cumulative;
}

