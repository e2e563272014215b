/**
 * Chance that an answer is right, by who made it, what the question needs and how hard it is. A curve per model:
 * log-odds = logit(accuracy at middle difficulty) + shift of P's quantization + slope * (1/2 - difficulty). The accuracies are the
 * scenario's and carry their origin there; the shift is for answers of P, alone and combined.
 */
import type { Scenario } from "../config/scenario-schema.js";
import { normalQuantile } from "../core/distributions.js";
import { exp, ln } from "../core/elementary.js";
import type { Question } from "../population/question.js";
import { QUERY_KINDS } from "../records/truth-record.js";

/** Who made an answer. */
export const Answerer = { personal: 0, expert: 1, combined: 2, general: 3 } as const;

const SURE = 1e-6;
const US_PER_DAY = 86_400e6;

/** The curves of one scenario. */
export class AnswerQuality {
  /** Log-odds at middle difficulty. Shape [answerers, kinds]. */
  private readonly logOdds: Float64Array;
  private readonly slope: number;
  private readonly consultGain: number;
  private readonly confidenceNoise: number;
  /** Rate at which a fact of the domain changes. Per microsecond. Shape [domains]. */
  private readonly driftPerUs: Float64Array;

  constructor(scenario: Scenario) {
    const { quality } = scenario, own = quality.members[quality.member] ?? quality;
    const shift = own.quantShift[scenario.personalModel.quant];
    const curves = [[own.personal, shift?.personal], [quality.expert], [own.combined, shift?.combined], [quality.general]] as const;
    this.logOdds = Float64Array.from(curves.flatMap(([curve, change]) => QUERY_KINDS.map((kind) => logit(curve[kind]) + (change?.[kind] ?? 0))));
    this.slope = scenario.population.difficultySlope;
    this.consultGain = quality.consultGain;
    this.confidenceNoise = quality.confidenceNoise;
    this.driftPerUs = Float64Array.from(scenario.population.domains, (domain) => -ln(1 - Math.min(domain.driftPerDay, 1 - SURE)) / US_PER_DAY);
  }

  /** Chance of a right answer from up-to-date knowledge. */
  correctProbability(question: Question, answerer: number, isConsulted: boolean): number {
    const right = sigmoid(this.logOdds[answerer * QUERY_KINDS.length + question.kind]! + this.slope * (0.5 - question.difficulty));
    return isConsulted ? right + (1 - right) * this.consultGain : right;
  }

  /** P's own estimate of its chance, before it answers: the true log-odds with a normal error. */
  confidence(question: Question): number {
    const right = this.correctProbability(question, Answerer.personal, false);
    return sigmoid(logit(right) + this.confidenceNoise * normalQuantile(question.confidenceLuck));
  }

  /** True when the fact that the question needs has changed since the expert was refreshed. */
  isStale(question: Question, knowledgeAgeUs: number): boolean {
    if (question.domain < 0) return false;
    return question.staleness < 1 - exp(-this.driftPerUs[question.domain]! * knowledgeAgeUs);
  }
}

function logit(p: number): number {
  const inside = Math.min(1 - SURE, Math.max(SURE, p));
  return ln(inside / (1 - inside));
}

function sigmoid(x: number): number { return 1 / (1 + exp(-x)); }
