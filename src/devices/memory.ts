/**
 * Does the personal model fit. Weights are mapped from flash, so a model that does not fit still runs while the rest (KV cache,
 * runtime) fits, but every token reads the weights from flash again: a cliff of one to two orders of magnitude, not a slope.
 * Below even that, the OS ends the app. Measured: SmallThinker table, Qwen3-1.7B Q4_0 under a limit of 1 GB (datasets/devices).
 */

/** How the personal model meets the free memory. */
export const MemoryFit = { fits: 0, pages: 1, refused: 2 } as const;

/**
 * Compares free memory with the model's needs.
 *
 * @param freeBytes Memory that the OS leaves to the assistant.
 * @param workingSetBytes Weights, KV cache at the context limit, and runtime.
 * @param weightBytes The part of the working set that can be read from flash again.
 * @returns A code of `MemoryFit`.
 */
export function fitMemory(freeBytes: number, workingSetBytes: number, weightBytes: number): number {
  if (freeBytes >= workingSetBytes) return MemoryFit.fits;
  return freeBytes >= workingSetBytes - weightBytes ? MemoryFit.pages : MemoryFit.refused;
}

/** Factor on the time of P's work: 1 when the model fits, the device's cliff when it pages. */
export function memorySlowdown(fit: number, cliffFactor: number): number {
  return fit === MemoryFit.pages ? cliffFactor : 1;
}

/**
 * Does a question have to load the weights from flash first.
 *
 * Only a model that fits can stay loaded; one that pages pays flash at every token instead, and leaves nothing loaded behind.
 *
 * @param wasLoaded The weights were in memory after the last question.
 * @param fit At this question, a code of `MemoryFit`.
 */
export function needsReload(wasLoaded: boolean, fit: number): boolean {
  return fit === MemoryFit.fits && !wasLoaded;
}

/** Are the weights in memory after a question with this fit. */
export function staysLoaded(fit: number): boolean {
  return fit === MemoryFit.fits;
}
