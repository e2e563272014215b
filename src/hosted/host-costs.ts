/** What the parts of a P-E-T system cost the one machine they run on, and what a question makes them do. Plain values, measured elsewhere. */

/** Stages of a question's way, besides steps of models. Tokens and pieces are stages that come again and again. */
export const STAGES = ["asking", "preparing", "quietToken", "shownToken", "sealing", "carrying", "paying", "admitting", "piece", "settling", "combining", "showing", "ending"] as const;
/** One of them. */
export type Stage = (typeof STAGES)[number];

/** A process's part in a stage: processor time, and time for which it holds on without, such as a write to disk. Seconds. */
export interface Part { readonly workS: number; readonly heldS: number }

/** Whoever asks. The first piece has the head of the answer with it; what is left to do after a question is part of nobody's way. */
export interface LoadCosts { readonly asking: Part; readonly ending: Part; readonly firstPieceS: number; readonly pieceS: number; readonly afterQuestionS: number }

/** P besides the steps of its model. A token is quiet while it is not shown; a piece is one of a tier's answer. */
export interface PersonalCosts {
  readonly asking: Part; readonly preparing: Part; readonly sealing: Part; readonly settling: Part; readonly combining: Part; readonly ending: Part;
  readonly quietTokenS: number; readonly shownTokenS: number; readonly pieceS: number; readonly purchaseS: number; readonly afterQuestionS: number; readonly afterConsultS: number;
}

/** All that a simulation of the machine needs besides the speeds of models. Seconds. */
export interface HostCosts {
  /** Work per second with 1, 2, ... busy processors, in seconds of one that is busy alone. */
  readonly capacity: readonly number[];
  /** For which a thread keeps its processor while others wait. */
  readonly sliceS: number;
  /** For which a thread waits at one processor before an idle one takes it over. */
  readonly stealS: number;
  readonly load: LoadCosts;
  readonly personal: PersonalCosts;
  readonly relay: { readonly carrying: Part; readonly settling: Part; readonly pieceS: number; readonly afterConsultS: number };
  readonly gateway: { readonly carrying: Part; readonly paying: Part; readonly settling: Part; readonly pieceS: number; readonly afterConsultS: number };
  readonly ledger: { readonly paying: Part; readonly settling: Part; readonly purchaseS: number; readonly afterConsultS: number };
  /** E and T besides the steps of their models. */
  readonly models: { readonly paying: Part; readonly admitting: Part; readonly tokenS: number; readonly afterRequestS: number };
  /** What a stage may take, over the times above: each question draws one of each. At least one a stage. */
  readonly spreads: Readonly<Record<Stage, readonly number[]>>;
}

/** A prompt and its completion. */
export interface ModelCall {
  readonly promptTokens: number;
  /** Steps of the model behind the prompt: tokens of the completion, with the one that ends it. */
  readonly steps: number;
}

/** A consult of a question: of an expert, of T, or of an expert that asks T. */
export interface ConsultWork { readonly area: string; readonly expert?: ModelCall; readonly general?: ModelCall }

/** What a question makes the machine do. */
export interface QuestionWork {
  readonly draft: ModelCall;
  readonly consult?: ConsultWork;
  /** P's second call, with what the tier said; absent when the tier's answer is the answer. */
  readonly combine?: ModelCall;
  /** Of the call whose text is shown: the step after which its first piece is, counted from 1, and how many pieces there are. */
  readonly firstShownStep: number;
  readonly pieces: number;
}

/** A question of somebody at an instant. */
export interface HostedQuestion { readonly client: number; readonly askAtUs: number; readonly work: QuestionWork }

/** When what happened to a question. Microseconds since the start, whole; absent what did not happen. */
export interface QuestionInstants {
  /** When it was asked: later than planned when its person still waited for the one before. */
  readonly askedAtUs: number;
  readonly startedAtUs: number;
  readonly prefilledAtUs: number;
  readonly decidedAtUs: number;
  readonly sealedAtUs?: number;
  readonly arrivedAtUs?: number;
  readonly admittedAtUs?: number;
  readonly consultedAtUs?: number;
  readonly consultAnsweredAtUs?: number;
  readonly tierFirstTokenAtUs?: number;
  readonly tierLastTokenAtUs?: number;
  readonly openedAtUs?: number;
  readonly combinedAtUs?: number;
  readonly shownAtUs: number;
  readonly endedAtUs: number;
}
