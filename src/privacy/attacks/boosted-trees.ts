/**
 * Gradient-boosted trees on binned features: softmax over the classes, one tree per class and round (one tree per round
 * for two classes). The number of rounds is the one that surprised held-back people of the attacker's own traces least;
 * the trees are then grown again on all of them. Deterministic: no row or column is sampled.
 */
import { exp, ln } from "../../core/elementary.js";
import { logPrior, type Attack, type FeatureTable, type LabelledTraces, type TrainedAttack } from "./attack.js";
import { findLeaves, growTree, type BinnedRows, type BoostedTree } from "./boosted-tree.js";
import { binFeatures, chooseBinEdges, type BinEdges } from "./feature-bins.js";
import { holdOutPeople } from "./hold-out.js";
import { meanLogLoss, rowChances } from "./log-loss.js";

const LEARNING_RATE = 0.25;
const MOST_ROUNDS = 40;
/** Trees are grown for at least this many rounds: an attack that found nothing still makes claims that can be tested. */
const LEAST_ROUNDS = 4;
/** Growing stops when the check has not improved for so many rounds. */
const PATIENCE_ROUNDS = 5;

/** Boosted trees that choose their number of rounds on held-back people. */
export const boostedTrees: Attack = {
  name: "boosted-trees",
  train(traces: LabelledTraces): TrainedAttack {
    const heldOut = holdOutPeople(traces);
    const rounds = heldOut === undefined ? LEAST_ROUNDS : chooseRounds(heldOut.training, heldOut.check).rounds;
    return growForest(traces, rounds);
  },
};

/**
 * Number of rounds with the least surprise at the people held back.
 *
 * @returns rounds, and the log-loss there. Nats.
 */
export function chooseRounds(training: LabelledTraces, check: LabelledTraces): { rounds: number; logLoss: number } {
  const forest = new GrowingForest(training);
  const checkRows = forest.binRows(check.features), checkScores = forest.startScores(check.features.rowCount);
  let best = { rounds: LEAST_ROUNDS, logLoss: Infinity };
  for (let round = 1; round <= MOST_ROUNDS && round - best.rounds <= PATIENCE_ROUNDS; round++) {
    for (const [treeIndex, tree] of forest.growRound().entries()) forest.addTree(tree, treeIndex, checkRows, checkScores);
    const logLoss = meanLogLoss(forest.toLogScores(checkScores), check.labels, check.classCount);
    if (round >= LEAST_ROUNDS && logLoss < best.logLoss) best = { rounds: round, logLoss };
  }
  return best;
}

/** Grows a forest of a given number of rounds. */
export function growForest(traces: LabelledTraces, rounds: number): TrainedAttack {
  const forest = new GrowingForest(traces);
  const trees = Array.from({ length: rounds }, () => forest.growRound());
  return {
    description: `gradient-boosted trees, ${rounds} rounds`,
    infer(features: FeatureTable): Float64Array {
      const rows = forest.binRows(features), scores = forest.startScores(features.rowCount);
      for (const round of trees) round.forEach((tree, treeIndex) => { forest.addTree(tree, treeIndex, rows, scores); });
      return forest.toLogScores(scores);
    },
  };
}

/** Training rows with their running scores. Scores are score-major, shape [scoreCount, rowCount]. */
class GrowingForest {
  private readonly classCount: number;
  /** Score functions: one for two classes (log-odds of class 1), else one per class. */
  private readonly scoreCount: number;
  private readonly labels: Int32Array;
  private readonly edges: BinEdges;
  private readonly start: Float64Array;
  private readonly rows: BinnedRows;
  private readonly scores: Float64Array;
  private readonly gradients: Float64Array;
  private readonly curvatures: Float64Array;

  constructor({ features, labels, classCount }: LabelledTraces) {
    const prior = logPrior(labels, classCount, ln);
    this.classCount = classCount;
    this.scoreCount = classCount === 2 ? 1 : classCount;
    this.start = classCount === 2 ? Float64Array.of(prior[1]! - prior[0]!) : prior;
    this.labels = labels;
    this.edges = chooseBinEdges(features);
    this.rows = this.binRows(features);
    this.scores = this.startScores(features.rowCount);
    this.gradients = new Float64Array(this.scores.length);
    this.curvatures = new Float64Array(this.scores.length);
  }

  binRows(features: FeatureTable): BinnedRows {
    const { rowCount, columnCount } = features;
    return { rowCount, columnCount, bins: binFeatures(features, this.edges), nodeOf: new Uint8Array(rowCount) };
  }

  startScores(rowCount: number): Float64Array {
    return Float64Array.from({ length: rowCount * this.scoreCount }, (_, at) => this.start[Math.floor(at / rowCount)]!);
  }

  /** Grows one tree per score on the present gradients and adds them to the training scores. */
  growRound(): BoostedTree[] {
    if (this.scoreCount === 1) this.fillLogisticGradients(); else this.fillSoftmaxGradients();
    const { rowCount } = this.rows;
    return Array.from({ length: this.scoreCount }, (_, s) => {
      const part = (values: Float64Array): Float64Array => values.subarray(s * rowCount, (s + 1) * rowCount);
      const tree = growTree(this.rows, part(this.gradients), part(this.curvatures), LEARNING_RATE);
      addLeaves(tree, this.rows, part(this.scores));
      return tree;
    });
  }

  addTree(tree: BoostedTree, scoreIndex: number, rows: BinnedRows, scores: Float64Array): void {
    findLeaves(rows, tree);
    addLeaves(tree, rows, scores.subarray(scoreIndex * rows.rowCount, (scoreIndex + 1) * rows.rowCount));
  }

  /** Score-major running scores to row-major log-scores, shape [rowCount, classCount]. */
  toLogScores(scores: Float64Array): Float64Array {
    const rowCount = scores.length / this.scoreCount, { classCount } = this;
    const logScores = new Float64Array(rowCount * classCount);
    const firstClass = classCount - this.scoreCount;
    for (let s = 0; s < this.scoreCount; s++) {
      for (let row = 0; row < rowCount; row++) logScores[row * classCount + firstClass + s] = scores[s * rowCount + row]!;
    }
    return logScores;
  }

  private fillLogisticGradients(): void {
    for (let row = 0; row < this.rows.rowCount; row++) {
      const chance = 1 / (1 + exp(-this.scores[row]!));
      this.gradients[row] = this.labels[row]! - chance;
      this.curvatures[row] = chance * (1 - chance);
    }
  }

  private fillSoftmaxGradients(): void {
    const { rowCount } = this.rows, { classCount } = this;
    const rowScores = new Float64Array(classCount), chances = new Float64Array(classCount);
    for (let row = 0; row < rowCount; row++) {
      for (let k = 0; k < classCount; k++) rowScores[k] = this.scores[k * rowCount + row]!;
      rowChances(rowScores, 0, classCount, chances);
      for (let k = 0; k < classCount; k++) {
        const chance = chances[k]!;
        this.gradients[k * rowCount + row] = (this.labels[row] === k ? 1 : 0) - chance;
        this.curvatures[k * rowCount + row] = chance * (1 - chance);
      }
    }
  }
}

function addLeaves({ leafValue }: BoostedTree, { rowCount, nodeOf }: BinnedRows, scores: Float64Array): void {
  for (let row = 0; row < rowCount; row++) scores[row]! += leafValue[nodeOf[row]!]!;
}
