/** The processes of a P-E-T system on one machine: a thread each, and the models that they serve. */
import { Purpose, RandomStream } from "../core/random-stream.js";
import type { HostSpeed } from "../devices/host/host-speed.js";
import { BatchingModel } from "./batching-model.js";
import { type HostCosts, type Stage, STAGES } from "./host-costs.js";
import { Machine, Thread } from "./machine.js";

/** A model: the process that serves it, its times, and how many requests it batches. */
export interface HostedModel { readonly server: string; readonly speed: HostSpeed; readonly sequences: number }

/** What runs on the machine. */
export interface HostedPlan {
  readonly costs: HostCosts;
  /** Of what stages take. */
  readonly seed: number;
  /** P's model; its process is `personal`. */
  readonly personal: Omit<HostedModel, "server">;
  /** E and T by area. */
  readonly tiers: Readonly<Record<string, HostedModel>>;
  /** Payment tokens bought at a time, and those at hand at the start by client. */
  readonly tokensAtOnce: number;
  readonly tokensAtHand: (client: number) => number;
}

/** A model and the thread of its process. */
export interface ServedModel { readonly model: BatchingModel; readonly thread: Thread }

/** A system that is being simulated. */
export class HostedSystem {
  readonly machine: Machine;
  readonly load: Thread;
  readonly relay: Thread;
  readonly gateway: Thread;
  readonly ledger: Thread;
  readonly personal: ServedModel;
  private readonly servers = new Map<string, Thread>();
  private readonly models = new Map<string, ServedModel>();
  private readonly purses = new Map<number, number>();
  private readonly stream: RandomStream;

  constructor(readonly plan: HostedPlan) {
    this.stream = new RandomStream(plan.seed, 0, Purpose.tier);
    const { capacity, sliceS, stealS } = plan.costs;
    this.machine = new Machine(capacity, 1e6 * sliceS, 1e6 * stealS);
    [this.load, this.relay, this.gateway, this.ledger] = [this.newThread(), this.newThread(), this.newThread(), this.newThread()];
    this.personal = this.serve({ ...plan.personal, server: "personal" });
    for (const [area, tier] of Object.entries(plan.tiers)) this.models.set(area, this.serve(tier));
  }

  /** E or T. */
  tier(area: string): ServedModel { return this.models.get(area)!; }

  /** Whether a client must buy before it can pay; it pays in any case. */
  spendToken(client: number): boolean {
    const { tokensAtHand, tokensAtOnce } = this.plan, atHand = this.purses.get(client) ?? tokensAtHand(client), mustBuy = atHand === 0;
    this.purses.set(client, (mustBuy ? tokensAtOnce : atHand) - 1);
    return mustBuy;
  }

  /** What the stages of a question's way take, over their usual times. @param place Of the question among all. */
  draw(place: number): Readonly<Record<Stage, number>> {
    this.stream.seek(place, 0);
    const { spreads } = this.plan.costs;
    return Object.fromEntries(STAGES.map((stage) => [stage, spreads[stage][this.stream.nextInt(spreads[stage].length)]!])) as Record<Stage, number>;
  }

  private newThread(): Thread { return new Thread(this.machine); }

  private serve({ server, speed, sequences }: HostedModel): ServedModel {
    const thread = this.servers.get(server) ?? this.newThread();
    this.servers.set(server, thread);
    return { thread, model: new BatchingModel(this.machine, thread, speed, sequences) };
  }
}
