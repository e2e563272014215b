/** Traces whose leak is known in closed form: the yardstick for attacks and for the scoring. */
import type { RandomStream } from "../core/random-stream.js";
import type { LabelledTraces } from "./attacks/attack.js";

/** A leak of shifted Gaussians. */
export interface PlantedLeak {
  readonly people: number;
  readonly rowsPerPerson: number;
  readonly classCount: number;
  /** Distance d' from the origin of each class's mean, along an axis of its own. Class 0 of two stays at the origin. 0: no leak. */
  readonly shift: number;
  /** Columns that say nothing, beside those with the leak. */
  readonly idleColumns: number;
}

/**
 * Samples traces: unit normals, with the mean of class k shifted along axis k. For two classes there is one axis, so that
 * the best attack has AUC = Phi(d' / sqrt 2), TPR = Phi(Phi^-1(FPR) + d') and accuracy Phi(d' / 2). Classes are equally
 * likely and independent of people.
 *
 * @returns features of shape [people x rowsPerPerson, axes + idleColumns].
 */
export function samplePlantedTraces(leak: PlantedLeak, stream: RandomStream): LabelledTraces {
  const axes = leak.classCount === 2 ? 1 : leak.classCount, columnCount = axes + leak.idleColumns, rowCount = leak.people * leak.rowsPerPerson;
  const values = new Float64Array(rowCount * columnCount), labels = new Int32Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const label = labels[row] = stream.nextInt(leak.classCount);
    for (let c = 0; c < columnCount; c++) values[row * columnCount + c] = stream.nextNormal();
    const axis = leak.classCount === 2 ? 0 : label;
    if (leak.classCount > 2 || label === 1) values[row * columnCount + axis]! += leak.shift;
  }
  const people = Int32Array.from({ length: rowCount }, (_, row) => Math.floor(row / leak.rowsPerPerson));
  return { features: { rowCount, columnCount, values }, labels, people, classCount: leak.classCount };
}
