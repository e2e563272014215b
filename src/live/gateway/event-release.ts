/** Events of an answer on their way out: at once, or one at every beat, an empty one where there is no text yet; empty ones fill their number up. */
import { setTimeout as sleep } from "node:timers/promises";
import { FixedRate } from "../../protocol/shaping/fixed-rate.js";
import type { ConsultEvent } from "../consult/consult-message.js";
import { nowUs } from "../clock.js";

interface WaitingEvent { readonly event: ConsultEvent; readonly isLast: boolean }

/** Releases the events of one answer. */
export class EventRelease {
  private readonly beats: FixedRate<WaitingEvent> | undefined;
  private readonly running: Promise<void>;
  private isStopped = false;
  private sentCount = 0;

  /** @param periodMs 0: events leave as they come. @param countStep Events before the last are filled up to a multiple of it. */
  constructor(private readonly send: (event: ConsultEvent, isLast: boolean) => void, periodMs: number, private readonly countStep: number) {
    this.beats = periodMs > 0 ? new FixedRate(nowUs(), Math.round(periodMs * 1000)) : undefined;
    this.running = this.beats === undefined ? Promise.resolve() : this.run(this.beats);
  }

  push(event: ConsultEvent, isLast: boolean): void {
    if (isLast) for (let missing = this.missing(); missing > 0; missing--) this.push({ text: "" }, false);
    if (this.beats === undefined) { this.leave(event, isLast); return; }
    this.beats.push({ event, isLast });
    if (isLast) this.beats.end();
  }

  /** Waits until all has left, or the signal ends it. */
  async done(signal: AbortSignal): Promise<void> {
    const stop = (): void => { this.isStopped = true; };
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    await this.running;
  }

  private missing(): number {
    const count = this.sentCount + (this.beats?.length ?? 0);
    return Math.ceil(count / this.countStep) * this.countStep - count;
  }

  private leave(event: ConsultEvent, isLast: boolean): void {
    this.sentCount++;
    this.send(event, isLast);
  }

  private async run(beats: FixedRate<WaitingEvent>): Promise<void> {
    for (let nextUs = beats.nextUs; nextUs !== undefined && !this.isStopped; nextUs = beats.nextUs) {
      await sleep(Math.max(0, (nextUs - nowUs()) / 1000));
      for (const { chunk } of beats.release(nowUs())) this.leave(chunk?.event ?? { text: "" }, chunk?.isLast ?? false);
    }
  }
}
