/**
 * How fresh each E is, and the refresh of E-models from T: one domain after another, T makes the domain's tokens as a
 * batch job, then the domain's replicas get their new weights one by one.
 *
 * The job is a stream of background sequences of fixed length in T's own batches: a fixed number per replica that is
 * up, each followed by the next. They wait behind whatever has arrived, and slow users down by the room they take in
 * batch, token budget and memory, which is what such a job does on a shared server.
 */
import type { Scenario } from "../config/scenario-schema.js";
import { MachineEvent } from "./machine-timers.js";
import type { MachineTimers } from "./machine-timers.js";
import type { Pool } from "./pool.js";

const US_PER_S = 1e6;
/** Length of a background sequence, and how many are in T at once per replica. All assumed. */
const REFRESH_PROMPT_TOKENS = 256;
const REFRESH_ANSWER_TOKENS = 512;
const REFRESH_SEQUENCES = 16;

/** Puts one background sequence into T. */
export type SubmitRefresh = (promptTokens: number, answerTokens: number, nowUs: number) => void;

/** The chain of refreshes, and the instant of each domain's last one. */
export class Knowledge {
  /** Instant of the last refresh, before 0 for one before the run. Shape [domains]. */
  readonly refreshedAtUs: Float64Array;
  /** Finished refreshes. Shape [domains]. */
  readonly refreshes: Int32Array;
  /** Tokens T has made for refreshes: finished sequences only. */
  refreshTokens = 0;
  private readonly timer: number;
  private rounds = 0;
  private domain = -1;
  private tokensLeft = 0;
  private running = 0;

  /**
   * @param experts E pools by domain.
   * @param general The T pool.
   */
  constructor(
    private readonly config: Scenario["tiers"], private readonly experts: readonly Pool[], private readonly general: Pool,
    private readonly timers: MachineTimers, private readonly submit: SubmitRefresh,
  ) {
    this.refreshedAtUs = new Float64Array(experts.length).fill(-Math.round(config.ageAtStartS * US_PER_S));
    this.refreshes = new Int32Array(experts.length);
    this.timer = timers.add(MachineEvent.refresh, -1, -1);
    if (config.refresh !== undefined) timers.heap.set(this.timer, Math.round(config.refresh.firstAtS * US_PER_S));
  }

  /** Time since the last refresh of a pool's knowledge; 0 for T, which is taken as up to date. */
  ageUs(pool: number, nowUs: number): number {
    return pool < this.experts.length ? Math.max(0, nowUs - this.refreshedAtUs[pool]!) : 0;
  }

  /** A round of refreshes is due. */
  onDue(nowUs: number): void {
    this.rounds++;
    this.domain = -1;
    this.startNext(nowUs);
  }

  /** A background sequence has its last token. */
  onSequenceFinished(answerTokens: number, nowUs: number): void {
    this.running--;
    this.refreshTokens += answerTokens;
    this.fill(nowUs);
  }

  /** The replicas of the current domain all have their new weights. */
  onRefreshed(nowUs: number): void {
    this.refreshedAtUs[this.domain] = nowUs;
    this.refreshes[this.domain]!++;
    this.startNext(nowUs);
  }

  private startNext(nowUs: number): void {
    const refresh = this.config.refresh!;
    if (++this.domain === this.experts.length) {
      const dueUs = Math.round((refresh.firstAtS + this.rounds * refresh.periodS) * US_PER_S);
      this.timers.heap.set(this.timer, Math.max(dueUs, nowUs + 1));
      return;
    }
    this.tokensLeft = Math.round(refresh.generalTokens);
    this.fill(nowUs);
  }

  /** Keeps the job's sequences running; when all are done, hands the new weights to the domain's replicas. */
  private fill(nowUs: number): void {
    const most = REFRESH_SEQUENCES * Math.max(1, this.general.upCount), answer = this.longest(REFRESH_ANSWER_TOKENS), prompt = this.longest(REFRESH_PROMPT_TOKENS);
    while (this.tokensLeft > 0 && this.running < most) {
      const tokens = Math.min(answer, this.tokensLeft);
      this.tokensLeft -= tokens;
      this.running++;
      this.submit(prompt, tokens, nowUs);
    }
    if (this.tokensLeft === 0 && this.running === 0) {
      this.experts[this.domain]!.refresh(Math.round(this.config.refresh!.downS * US_PER_S), nowUs);
    }
  }

  /** Shortens a length so that a sequence fits into a small T. */
  private longest(tokens: number): number {
    const room = this.general.sequenceBlocks * this.general.parts.settings.blockTokens;
    return Math.max(1, Math.min(tokens, Math.floor(room / 4)));
  }
}
