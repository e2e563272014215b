import { expect, it } from "vitest";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { samplePlantedTraces } from "./planted-leak.js";

it("shifts class 1 of two along one axis by d', and class k of more along axis k", () => {
  for (const [classCount, axes] of [[2, 1], [3, 3]] as const) {
    const traces = samplePlantedTraces({ people: 3000, rowsPerPerson: 4, classCount, shift: 2, idleColumns: 1 }, new RandomStream(6, 0, Purpose.test).seek(0, 0));
    const columnCount = traces.features.columnCount;
    expect(columnCount).toBe(axes + 1);
    for (let k = 0; k < classCount; k++) {
      const rows = [...traces.labels.keys()].filter((row) => traces.labels[row] === k);
      for (let c = 0; c < columnCount; c++) {
        const mean = rows.reduce((sum, row) => sum + traces.features.values[row * columnCount + c]!, 0) / rows.length;
        const expected = classCount === 2 ? (k === 1 && c === 0 ? 2 : 0) : c === k ? 2 : 0;
        // Five standard errors of a mean over about 4000 rows.
        expect(Math.abs(mean - expected)).toBeLessThan(5 / Math.sqrt(rows.length));
      }
    }
  }
});
