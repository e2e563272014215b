/**
 * A question's way through the processes of one machine, message by message, as the live system has it: asked, drafted by P, perhaps
 * sealed, relayed, opened, paid, answered by E or T, settled, and combined by P. Tokens go on to the screen while the next are made.
 */
import type { ConsultWork, HostedQuestion, ModelCall, Part, QuestionInstants, QuestionWork, Stage } from "./host-costs.js";
import type { HostedSystem, ServedModel } from "./hosted-system.js";
import type { Path, Thread, Wait } from "./machine.js";
import { PieceStream } from "./piece-stream.js";

/** Instants as they come. */
export type GrowingInstants = { -readonly [Name in keyof QuestionInstants]?: number };

const US_PER_S = 1e6;

/** One question from the asking to its last piece. @param place Of the question among all. */
export function* questionPath(system: HostedSystem, { client, work }: HostedQuestion, place: number, seen: GrowingInstants): Path {
  const drawn = system.draw(place), walk = new Walk(system, work, drawn, seen), { load, personal: { thread }, plan: { costs } } = system;
  seen.askedAtUs = system.machine.nowUs;
  yield onThread(load, costs.load.asking, drawn.asking);
  yield onThread(thread, costs.personal.asking, drawn.asking);
  walk.note("startedAtUs");
  yield onThread(thread, costs.personal.preparing, drawn.preparing);
  yield* walk.sayPersonal(work.draft, "prefilledAtUs", work.consult === undefined && work.combine === undefined);
  walk.note("decidedAtUs");
  if (work.consult !== undefined) yield* walk.consult(client, work.consult);
  if (work.combine !== undefined) {
    yield onThread(thread, costs.personal.combining, drawn.combining);
    yield* walk.sayPersonal(work.combine, "combinedAtUs", true);
  }
  yield onThread(thread, costs.personal.ending, drawn.ending);
  spend(thread, costs.personal.afterQuestionS);
  yield onThread(load, costs.load.ending, drawn.ending);
  spend(load, costs.load.afterQuestionS);
  walk.note("endedAtUs");
}

function onThread(thread: Thread, { workS, heldS }: Part, factor: number): Wait { return thread.work(US_PER_S * factor * workS, US_PER_S * factor * heldS); }

function spend(thread: Thread, seconds: number): void { thread.spend(US_PER_S * seconds); }

function half({ workS, heldS }: Part): Part { return { workS: workS / 2, heldS: heldS / 2 }; }

/** Who hears of a text in the making: of each token but the one that ends it. */
interface TextListener { readonly onAdmitted?: () => void; readonly onPrefilled?: () => void; readonly onToken: (step: number) => void }

/** A text of a model. @param tokenS Of its process, for each token. @param admitting What is done before the prompt goes in. */
function* say({ model }: ServedModel, { promptTokens, steps }: ModelCall, tokenS: number, { onAdmitted, onPrefilled, onToken }: TextListener, admitting?: Wait): Path {
  yield model.admit();
  onAdmitted?.();
  if (admitting !== undefined) yield admitting;
  if (promptTokens > 1) yield model.prefill(promptTokens - 1);
  onPrefilled?.();
  for (let step = 1; step <= steps; step++) {
    yield model.decode(promptTokens + step - 1, US_PER_S * tokenS);
    if (step < steps) onToken(step);
  }
  model.release();
}

/** The steps that parts of the way have in common. */
class Walk {
  private readonly isHandedOn: boolean;
  private readonly screen: PieceStream;

  constructor(private readonly system: HostedSystem, private readonly work: QuestionWork, private readonly drawn: Readonly<Record<Stage, number>>, private readonly seen: GrowingInstants) {
    const { load, plan: { costs: { load: { firstPieceS, pieceS } } } } = system;
    this.screen = this.stream(load, (turn) => (turn === 0 ? this.drawn.showing * firstPieceS : pieceS), () => { this.note("shownAtUs"); });
    this.isHandedOn = work.consult !== undefined && work.combine === undefined;
  }

  note(name: keyof QuestionInstants): void { this.seen[name] ??= this.system.machine.nowUs; }

  *sayPersonal(call: ModelCall, prefilled: "prefilledAtUs" | "combinedAtUs", isShown: boolean): Path {
    const { personal, plan: { costs: { personal: { quietTokenS, shownTokenS } } } } = this.system;
    const onToken = (step: number): void => { if (isShown && this.isPiece(step)) this.screen.push([step]); };
    yield* say(personal, call, isShown ? this.drawn.shownToken * shownTokenS : this.drawn.quietToken * quietTokenS, { onPrefilled: () => { this.note(prefilled); }, onToken });
  }

  *consult(client: number, { area, expert, general }: ConsultWork): Path {
    const { system: { personal: { thread }, relay, gateway, plan: { costs } } } = this;
    if (this.system.spendToken(client)) yield* this.buy();
    yield onThread(thread, costs.personal.sealing, this.drawn.sealing);
    this.note("sealedAtUs");
    yield onThread(relay, costs.relay.carrying, this.drawn.carrying);
    yield onThread(gateway, costs.gateway.carrying, this.drawn.carrying);
    this.note("arrivedAtUs");
    yield onThread(gateway, costs.gateway.paying, this.drawn.paying);
    yield onThread(this.system.ledger, costs.ledger.paying, this.drawn.paying);
    yield* this.answer(area, expert, general);
    yield* this.settle();
  }

  /** The expert, T, or T when the expert does not know. */
  private *answer(area: string, expert: ModelCall | undefined, general: ModelCall | undefined): Path {
    const isConsulted = expert !== undefined && general !== undefined;
    if (expert !== undefined) yield* this.askTier(area, expert, !isConsulted);
    if (isConsulted) this.note("consultedAtUs");
    if (general !== undefined) yield* this.askTier("general", general, true);
    if (isConsulted) this.note("consultAnsweredAtUs");
  }

  private *settle(): Path {
    const { personal: { thread }, relay, gateway, ledger, plan: { costs } } = this.system;
    yield onThread(gateway, half(costs.gateway.settling), this.drawn.settling);
    yield onThread(ledger, costs.ledger.settling, this.drawn.settling);
    spend(ledger, costs.ledger.afterConsultS);
    yield onThread(gateway, half(costs.gateway.settling), this.drawn.settling);
    spend(gateway, costs.gateway.afterConsultS);
    yield onThread(relay, costs.relay.settling, this.drawn.settling);
    spend(relay, costs.relay.afterConsultS);
    yield onThread(thread, costs.personal.settling, this.drawn.settling);
    spend(thread, costs.personal.afterConsultS);
  }

  private *buy(): Path {
    const { personal: { thread }, ledger, plan: { costs } } = this.system, ownUs = US_PER_S * costs.personal.purchaseS / 2;
    yield thread.work(ownUs);
    yield ledger.work(US_PER_S * costs.ledger.purchaseS);
    yield thread.work(ownUs);
  }

  private *askTier(area: string, call: ModelCall, isForwarded: boolean): Path {
    const tier = this.system.tier(area), way = this.openWay(isForwarded), { machine, plan: { costs: { models } } } = this.system;
    yield onThread(tier.thread, models.paying, this.drawn.paying);
    if (isForwarded) delete this.seen.tierFirstTokenAtUs;
    const onToken = (step: number): void => {
      this.note("tierFirstTokenAtUs");
      this.seen.tierLastTokenAtUs = machine.nowUs;
      way.push([step]);
    };
    yield* say(tier, call, models.tokenS, { onAdmitted: () => { this.note("admittedAtUs"); }, onToken }, onThread(tier.thread, models.admitting, this.drawn.admitting));
    spend(tier.thread, models.afterRequestS);
  }

  /** The way of a tier's pieces to P, which hands them on or keeps them. An expert's that asks T end at the gateway. */
  private openWay(isForwarded: boolean): PieceStream {
    const { gateway, relay, personal: { thread }, plan: { costs: { personal, ...costs } } } = this.system, { piece } = this.drawn;
    const atPersonal = this.stream(thread, () => piece * personal.pieceS, (steps) => { this.open(steps); });
    const atRelay = this.stream(relay, () => piece * costs.relay.pieceS, (steps) => { atPersonal.push(steps); });
    return this.stream(gateway, () => piece * costs.gateway.pieceS, (steps) => { if (isForwarded) atRelay.push(steps); });
  }

  /** P has read pieces. */
  private open(steps: readonly number[]): void {
    const { personal: { thread }, plan: { costs: { personal: { shownTokenS, quietTokenS } } } } = this.system, shown = steps.filter((step) => this.isPiece(step));
    this.note("openedAtUs");
    if (this.isHandedOn && shown.length > 0) thread.work(US_PER_S * Math.max(0, shownTokenS - quietTokenS))(() => { this.screen.push(shown); });
  }

  private stream(thread: Thread, turnS: (turn: number) => number, onRead: (steps: readonly number[]) => void): PieceStream {
    return new PieceStream(this.system.machine, thread, (turn) => US_PER_S * turnS(turn), onRead);
  }

  private isPiece(step: number): boolean { return step >= this.work.firstShownStep && step < this.work.firstShownStep + this.work.pieces; }
}
