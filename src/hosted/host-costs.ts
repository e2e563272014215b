/** What the parts of a P-E-T system cost the one machine they run on, and what a question makes them do. Plain values, measured elsewhere. */

/** Processor time of the processes besides the steps of models, by what they handle. Seconds. */
export interface HostDemands {
  /** Whoever asks: a question, and a piece of an answer on the screen. */
  readonly load: { readonly question: number; readonly piece: number };
  /** P: besides, a token that its model made, and a purchase of payment tokens. Its pieces are those of tiers' answers. */
  readonly personal: { readonly question: number; readonly consult: number; readonly piece: number; readonly token: number; readonly purchase: number };
  readonly relay: { readonly consult: number; readonly piece: number };
  readonly gateway: { readonly consult: number; readonly piece: number };
  readonly ledger: { readonly consult: number; readonly purchase: number };
  /** E and T: a request, and a token. */
  readonly models: { readonly request: number; readonly token: number };
}

/** Where in a process its time goes; within a share all messages cost alike. From 0 to 1. */
export interface DemandShares {
  /** Of a question: before P takes it up; the rest when its answer has ended. */
  readonly asking: number;
  /** Of a consult: before the tier is asked; the rest when its answer has ended. */
  readonly sealing: number;
  /** Of a step of a model: on threads of the engine; the rest on the thread that handles the messages of its process. */
  readonly native: number;
}

/** All that a simulation of the machine needs besides the speeds of models. */
export interface HostCosts {
  /** Work per second with 1, 2, ... busy processors, in seconds of one that is busy alone. */
  readonly capacity: readonly number[];
  /** From one process to another, without work of either. Seconds. */
  readonly hopS: number;
  /** For which a step of a model waits for its threads to take turns, without work. Seconds. */
  readonly stepHoldS: number;
  /** For which a change of the personal store, and an entry of the ledger's journal, wait for the disk. Seconds. */
  readonly storeHoldS: number;
  readonly journalHoldS: number;
  readonly demands: HostDemands;
  readonly shares: DemandShares;
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
  /** Messages between processes that the answer had to wait for, one after another. */
  readonly hops: number;
}
