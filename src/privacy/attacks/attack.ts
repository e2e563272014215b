/**
 * What an attack is: it learns from labelled traces of some people and then makes claims about traces of others.
 * An attack sees observations and the labels of its own traces. It never sees the truth about the traces it is judged on.
 */

/** Observations as numbers. Row-major, shape [rowCount, columnCount], finite. */
export interface FeatureTable {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly values: Float64Array;
}

/** Traces that the attacker made or bought: observations with their class and the person they come from. */
export interface LabelledTraces {
  readonly features: FeatureTable;
  /** Class of each row, from 0 to classCount - 1. A class may have no rows. */
  readonly labels: Int32Array;
  /** Who made each row, so that an attack can hold whole people back to check itself. */
  readonly people: Int32Array;
  readonly classCount: number;
}

/** A trained attack. */
export interface TrainedAttack {
  /** What was trained, in a few words, for the report. */
  readonly description: string;
  /**
   * Claims about observations.
   *
   * @returns Log-scores, shape [rowCount, classCount], finite: higher means the claim "this row is of that class" is more
   *   likely. They are log posterior chances up to one constant per row.
   */
  infer(features: FeatureTable): Float64Array;
}

/** A way of attacking. Training is deterministic: the same traces give the same claims. */
export interface Attack {
  readonly name: string;
  train(traces: LabelledTraces): TrainedAttack;
}

/** Copies the given rows of a feature table. */
export function selectRows(features: FeatureTable, rows: Int32Array): FeatureTable {
  const { columnCount, values } = features;
  const selected = new Float64Array(rows.length * columnCount);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i]! * columnCount;
    for (let c = 0; c < columnCount; c++) selected[i * columnCount + c] = values[from + c]!;
  }
  return { rowCount: rows.length, columnCount, values: selected };
}

/** Copies the given rows of labelled traces. */
export function selectTraces(traces: LabelledTraces, rows: Int32Array): LabelledTraces {
  return {
    features: selectRows(traces.features, rows),
    labels: Int32Array.from(rows, (row) => traces.labels[row]!),
    people: Int32Array.from(rows, (row) => traces.people[row]!),
    classCount: traces.classCount,
  };
}

/** Logarithm of the class shares among the labels, each class counted half a row too often so that none is impossible. */
export function logPrior(labels: Int32Array, classCount: number, ln: (x: number) => number): Float64Array {
  const counts = new Float64Array(classCount).fill(0.5);
  for (const label of labels) counts[label]!++;
  const total = labels.length + 0.5 * classCount;
  return counts.map((count) => ln(count / total));
}
