/**
 * Durations of a run of iterations, in pieces within which they change by a constant step. The sum of n of them is one
 * arithmetic series per piece: exact in integers.
 */

const USUAL_PIECES = 8;

/** Durations of iterations 1, 2, ... of one batch, in picoseconds. */
export class DecodePlan {
  private pieces = 0;
  /** Iterations before each piece, and their duration. */
  private before = new Float64Array(USUAL_PIECES);
  private beforePs = new Float64Array(USUAL_PIECES);
  /** First duration of each piece, and the step from one iteration to the next. */
  private firstPs = new Float64Array(USUAL_PIECES);
  private stepPs = new Float64Array(USUAL_PIECES);

  /** Forgets all pieces. */
  clear(): void { this.pieces = 0; }

  /** Appends a piece that starts after `before` iterations and has no end until the next is appended. The first starts after 0. */
  add(before: number, firstPs: number, stepPs: number): void {
    if (this.pieces === this.before.length) this.grow();
    const piece = this.pieces++;
    this.beforePs[piece] = piece === 0 ? 0 : this.beforePs[piece - 1]! + this.seriesPs(piece - 1, before - this.before[piece - 1]!);
    this.before[piece] = before;
    this.firstPs[piece] = firstPs;
    this.stepPs[piece] = stepPs;
  }

  /** Duration of the first n iterations. */
  sumPs(n: number): number {
    let piece = this.pieces - 1;
    while (piece > 0 && n <= this.before[piece]!) piece--;
    return this.beforePs[piece]! + this.seriesPs(piece, n - this.before[piece]!);
  }

  /** The most iterations, at most `limit`, that end within a span. */
  countWithin(spanPs: number, limit: number): number {
    // Iterations of one piece that grow are no shorter than the first and, up to `high`, no longer than the last.
    let low = 0, high = limit;
    if (this.pieces === 1 && this.stepPs[0]! >= 0) {
      high = Math.min(limit, Math.floor(spanPs / this.firstPs[0]!));
      low = high === 0 ? 0 : Math.max(0, Math.min(high, Math.floor(spanPs / (this.firstPs[0]! + (high - 1) * this.stepPs[0]!))));
    }
    while (low < high) {
      const middle = low + Math.ceil((high - low) / 2);
      if (this.sumPs(middle) <= spanPs) low = middle; else high = middle - 1;
    }
    return low;
  }

  private seriesPs(piece: number, n: number): number { return n * this.firstPs[piece]! + n * (n - 1) / 2 * this.stepPs[piece]!; }

  private grow(): void {
    const larger = (old: Float64Array): Float64Array<ArrayBuffer> => { const column = new Float64Array(old.length * 2); column.set(old); return column; };
    this.before = larger(this.before);
    this.beforePs = larger(this.beforePs);
    this.firstPs = larger(this.firstPs);
    this.stepPs = larger(this.stepPs);
  }
}
