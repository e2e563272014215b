/**
 * A question's way through the processes of one machine, message by message, as the live system has it: asked, drafted by P, perhaps
 * sealed, relayed, opened, paid, answered by E or T, settled, and combined by P. Tokens go on to the screen while the next are made.
 */
import type { ConsultWork, HostedQuestion, ModelCall, QuestionInstants, QuestionWork } from "./host-costs.js";
import type { HostedSystem, ServedModel } from "./hosted-system.js";
import type { Path, Wait } from "./machine.js";

/** Instants as they come. */
export type GrowingInstants = { -readonly [Name in keyof QuestionInstants]?: number };

const US_PER_S = 1e6;
/** Messages of a consult that the gateway hears of before it asks the tier. */
const OPENING_MESSAGES = 2;
/** Messages of a request to a tier, and of a purchase. */
const REQUEST_MESSAGES = 2, PURCHASE_MESSAGES = 2;

/** One question from the asking to its last piece. */
export function* questionPath(system: HostedSystem, { client, work }: HostedQuestion, seen: GrowingInstants): Path {
  const walk = new Walk(system, work, seen), { load, personal, plan: { costs: { demands, shares: { asking } } } } = system;
  seen.askedAtUs = system.machine.nowUs;
  yield onThread(load, asking * demands.load.question);
  yield* walk.hop();
  yield onThread(personal.thread, asking * demands.personal.question);
  walk.note("startedAtUs");
  yield* walk.sayPersonal(work.draft, "prefilledAtUs", work.consult === undefined && work.combine === undefined);
  walk.note("decidedAtUs");
  if (work.consult !== undefined) yield* walk.consult(client, work.consult);
  if (work.combine !== undefined) yield* walk.sayPersonal(work.combine, "combinedAtUs", true);
  yield onThread(personal.thread, (1 - asking) * demands.personal.question);
  yield* walk.hop();
  yield onThread(load, (1 - asking) * demands.load.question);
  walk.note("endedAtUs");
}

function onThread(thread: { work(workUs: number, heldUs?: number): Wait }, seconds: number, heldS: number = 0): Wait { return thread.work(US_PER_S * seconds, US_PER_S * heldS); }

/** The steps that parts of the way have in common. */
class Walk {
  private readonly isHandedOn: boolean;

  constructor(private readonly system: HostedSystem, private readonly work: QuestionWork, private readonly seen: GrowingInstants) {
    this.isHandedOn = work.consult !== undefined && work.combine === undefined;
  }

  note(name: keyof QuestionInstants): void { this.seen[name] ??= this.system.machine.nowUs; }

  *hop(): Path {
    this.seen.hops = (this.seen.hops ?? 0) + 1;
    yield* this.system.hop();
  }

  *sayPersonal(call: ModelCall, prefilled: "prefilledAtUs" | "combinedAtUs", isShown: boolean): Path {
    const { personal, machine, plan: { costs: { demands } } } = this.system;
    yield* this.say(personal, call, demands.personal.token, () => undefined, () => { this.note(prefilled); }, (step) => {
      if (isShown && this.isPiece(step)) machine.start(this.show());
    });
  }

  *consult(client: number, { area, expert, general }: ConsultWork): Path {
    const { personal, relay, gateway, plan: { costs: { demands, shares: { sealing }, storeHoldS } } } = this.system;
    if (this.system.spendToken(client)) yield* this.buy();
    yield onThread(personal.thread, sealing * demands.personal.consult, storeHoldS);
    this.note("sealedAtUs");
    yield* this.hop();
    yield onThread(relay, sealing * demands.relay.consult);
    yield* this.hop();
    yield onThread(gateway, sealing * demands.gateway.consult / OPENING_MESSAGES);
    this.note("arrivedAtUs");
    yield* this.atLedger(sealing * demands.ledger.consult);
    yield onThread(gateway, sealing * demands.gateway.consult / OPENING_MESSAGES);
    yield* this.answer(area, expert, general);
    yield* this.atLedger((1 - sealing) * demands.ledger.consult);
    yield onThread(gateway, (1 - sealing) * demands.gateway.consult);
    yield* this.hop();
    yield onThread(relay, (1 - sealing) * demands.relay.consult);
    yield* this.hop();
    yield onThread(personal.thread, (1 - sealing) * demands.personal.consult, storeHoldS);
  }

  /** The expert, T, or T when the expert does not know. */
  private *answer(area: string, expert: ModelCall | undefined, general: ModelCall | undefined): Path {
    const isConsulted = expert !== undefined && general !== undefined;
    if (expert !== undefined) yield* this.askTier(area, expert, !isConsulted);
    if (isConsulted) this.note("consultedAtUs");
    if (general !== undefined) yield* this.askTier("general", general, true);
    if (isConsulted) this.note("consultAnsweredAtUs");
  }

  private *buy(): Path {
    const { personal, plan: { costs: { demands } } } = this.system;
    yield onThread(personal.thread, demands.personal.purchase / PURCHASE_MESSAGES);
    yield* this.atLedger(demands.ledger.purchase);
    yield onThread(personal.thread, demands.personal.purchase / PURCHASE_MESSAGES);
  }

  private *atLedger(seconds: number): Path {
    yield* this.hop();
    yield onThread(this.system.ledger, seconds, this.system.plan.costs.journalHoldS);
    yield* this.hop();
  }

  private *askTier(area: string, call: ModelCall, isForwarded: boolean): Path {
    const tier = this.system.tier(area), { machine, plan: { costs: { demands } } } = this.system;
    yield* this.hop();
    yield onThread(tier.thread, demands.models.request / REQUEST_MESSAGES);
    if (isForwarded) this.forgetTokens();
    yield* this.say(tier, call, demands.models.token, () => { this.note("admittedAtUs"); }, () => undefined, (step) => {
      this.note("tierFirstTokenAtUs");
      this.seen.tierLastTokenAtUs = machine.nowUs;
      machine.start(this.forward(step, isForwarded));
    });
    yield onThread(tier.thread, demands.models.request / REQUEST_MESSAGES);
    yield* this.hop();
  }

  /** Tokens of an expert that asks T are not those of the answer. */
  private forgetTokens(): void { delete this.seen.tierFirstTokenAtUs; }

  private *say({ model, thread }: ServedModel, { promptTokens, steps }: ModelCall, tokenS: number, onAdmitted: () => void, onPrefilled: () => void, onToken: (step: number) => void): Path {
    yield model.admit();
    onAdmitted();
    if (promptTokens > 1) yield model.prefill(promptTokens - 1);
    onPrefilled();
    for (let step = 1; step <= steps; step++) {
      yield model.decode(promptTokens + step - 1);
      yield onThread(thread, tokenS);
      onToken(step);
    }
    model.release();
  }

  private *forward(step: number, isForwarded: boolean): Path {
    const { system, system: { gateway, relay, personal, plan: { costs: { demands } } } } = this;
    yield* system.hop();
    yield onThread(gateway, demands.gateway.piece);
    if (!isForwarded) return;
    yield* system.hop();
    yield onThread(relay, demands.relay.piece);
    yield* system.hop();
    yield onThread(personal.thread, demands.personal.piece);
    this.note("openedAtUs");
    if (this.isHandedOn && this.isPiece(step)) yield* this.show();
  }

  private *show(): Path {
    yield* this.system.hop();
    yield onThread(this.system.load, this.system.plan.costs.demands.load.piece);
    this.note("shownAtUs");
  }

  private isPiece(step: number): boolean { return step >= this.work.firstShownStep && step < this.work.firstShownStep + this.work.pieces; }
}
