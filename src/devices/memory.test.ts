import { describe, expect, it } from "vitest";
import { fitMemory, MemoryFit, memorySlowdown, needsReload, staysLoaded } from "./memory.js";

describe("memory", () => {
  it("fits at the working set, pages while the weights alone are short, and is refused below", () => {
    expect(fitMemory(1000, 1000, 700)).toBe(MemoryFit.fits);
    expect(fitMemory(999, 1000, 700)).toBe(MemoryFit.pages);
    expect(fitMemory(300, 1000, 700)).toBe(MemoryFit.pages);
    expect(fitMemory(299, 1000, 700)).toBe(MemoryFit.refused);
    expect(fitMemory(NaN, 1000, 700)).toBe(MemoryFit.refused);
  });

  it("slows down by the cliff only when it pages", () => {
    expect(memorySlowdown(MemoryFit.fits, 40)).toBe(1);
    expect(memorySlowdown(MemoryFit.pages, 40)).toBe(40);
  });

  it("loads the weights once and keeps them while the model fits", () => {
    expect(needsReload(false, MemoryFit.fits)).toBe(true);
    expect(needsReload(true, MemoryFit.fits)).toBe(false);
    expect(needsReload(false, MemoryFit.pages)).toBe(false);
    expect(staysLoaded(MemoryFit.fits)).toBe(true);
    expect(staysLoaded(MemoryFit.pages)).toBe(false);
  });
});
