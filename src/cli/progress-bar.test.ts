import { afterEach, describe, expect, it, vi } from "vitest";
import { drawBar, estimateEnd, formatSeconds, ProgressBar } from "./progress-bar.js";

const HALF = { cellCount: 12, doneCount: 4, failedCount: 0, reusedCount: 2, inFlight: 1, events: 3e6 };

afterEach(() => { vi.restoreAllMocks(); });

describe("progress", () => {
  it("is the share of what this command has to do, and the time left follows from it", () => {
    expect(estimateEnd(HALF, 30)).toEqual({ share: 0.5, leftS: 30 });
    expect(estimateEnd({ ...HALF, doneCount: 0, inFlight: 0.05 }, 30)).toEqual({ share: 0.005, leftS: null });
    expect(estimateEnd({ ...HALF, reusedCount: 12, doneCount: 0 }, 0)).toEqual({ share: 1, leftS: 0 });
  });

  it("is drawn in 28 blocks, and durations are for people", () => {
    expect(drawBar(0.5)).toBe("█".repeat(14) + "░".repeat(14));
    expect([formatSeconds(3.14159), formatSeconds(48.2), formatSeconds(200)]).toEqual(["3.1 s", "48 s", "3 min 20 s"]);
  });

  it("goes to standard output as JSON events only when it is asked for, and without control characters then", () => {
    let output = "", errors = "";
    vi.spyOn(process.stdout, "write").mockImplementation((text) => { output += String(text); return true; });
    vi.spyOn(process.stderr, "write").mockImplementation((text) => { errors += String(text); return true; });
    const clock = vi.spyOn(performance, "now").mockReturnValue(0);
    const json = new ProgressBar("json"), lines = new ProgressBar("lines"), bar = new ProgressBar("bar");
    clock.mockReturnValue(6000);
    for (const shown of [json, lines, bar]) {
      shown.show(HALF);
      shown.showCell({ event: "cell-started", cellIndex: 3, label: "a", seed: 1, replication: 0 });
    }
    expect(output.trim().split("\n").map((line) => JSON.parse(line) as unknown)).toEqual([
      { event: "progress", ...HALF, share: 0.5, leftS: 6, elapsedS: 6 }, { event: "cell-started", cellIndex: 3, label: "a", seed: 1, replication: 0 },
    ]);
    expect(errors).toBe(` 50%  6/12 cells  0.50M events/s  6.0 s left\n\r${drawBar(0.5)}  50%  6/12 cells  0.50M events/s  6.0 s left\u001b[K`);
  });
});
