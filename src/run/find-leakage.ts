/** What the observers whom a scenario names learned in a cell. */
import type { Observer } from "../config/sections/outcome-section.js";
import type { Cell } from "../config/plan.js";
import type { CapturedView } from "../privacy/observers/captured-view.js";
import { observeChunks } from "../privacy/observers/chunk-observer.js";
import type { ObservedPrompt } from "../privacy/observers/prompt-observer.js";
import { observePrompts } from "../privacy/observers/prompt-observer.js";
import { observeLedger } from "../privacy/observers/ledger-observer.js";
import { askBack } from "../privacy/observers/malicious-expert.js";
import { observeRelay } from "../privacy/observers/relay-observer.js";
import { scoreChunks, type AnswerOnPath } from "../privacy/score-chunks.js";
import { scoreCollusion } from "../privacy/score-collusion.js";
import { scoreGatewayLink } from "../privacy/score-gateway-link.js";
import { scoreLedger } from "../privacy/score-ledger.js";
import { scorePrompts } from "../privacy/score-prompts.js";
import { scoreRelay } from "../privacy/score-relay.js";
import { placePeople } from "../privacy/score-task.js";
import { scoreTiming } from "../privacy/score-timing.js";
import { scoreTraffic } from "../privacy/score-traffic.js";
import type { TaskFindings } from "../privacy/task-findings.js";
import type { ColumnTable } from "../records/column-table.js";
import type { RunRecords } from "../records/run-records.js";
import { makeWorld, type World } from "../world/world.js";

/** Bootstraps of each observer take numbers from here on, so that one observer more disturbs no other. */
const TASKS: Readonly<Record<Observer, number>> = { "path": 1, "path-timing": 1, "path-chunks": 5, "relay": 3, "gateway-link": 60, "expert": 10, "malicious-expert": 20, "relay-and-expert": 30, "general": 40, "ledger": 50 };

/** Attacks the rows of a cell. @param captured What observers of a live system really had; left out: reductions of the rows. */
export function findLeakage(cell: Cell, records: RunRecords, captured?: CapturedView): TaskFindings {
  const attacked = new AttackedRun(cell, records, captured), found = cell.scenario.observation.observers.map((observer) => attacked.attackAs(observer));
  const metrics = Object.fromEntries(found.flatMap((each) => Object.entries(each.metrics)));
  return { metrics: { ...metrics, ...summarizeBits(found) }, warnings: found.flatMap(({ warnings }) => warnings), intervals: Object.assign({}, ...found.map(({ intervals }) => intervals ?? {})) as Required<TaskFindings>["intervals"] };
}

/** Leakage of the question that each observer answers best: the most of all observers, and the mean over them; one who is not there learns nothing. */
function summarizeBits(found: readonly TaskFindings[]): Record<string, number> {
  const best = found.map(({ metrics }) => Math.max(0, ...Object.entries(metrics).flatMap(([name, value]) => (name.endsWith(".bits") ? [value] : []))));
  return best.length > 1 ? { "leak.worst.bits": Math.max(...best), "leak.mean.bits": best.reduce((sum, bits) => sum + bits, 0) / best.length } : {};
}

/** A run with what several observers need, made when the first of them asks. */
class AttackedRun {
  private readonly cell: Cell;
  private readonly records: RunRecords;
  private readonly captured: CapturedView | undefined;
  private readonly domains: readonly string[];
  private readonly placeOf: ReadonlyMap<number, number>;
  private worldOfRun: World | undefined;
  private readPrompts: readonly ObservedPrompt[] | undefined;

  constructor(cell: Cell, records: RunRecords, captured: CapturedView | undefined) {
    this.cell = cell;
    this.records = records;
    this.captured = captured;
    this.domains = cell.scenario.population.domains.map(({ name }) => name);
    this.placeOf = placePeople(records.truth.column("clientId"), cell.scenario.observation.people, cell.seed);
  }

  attackAs(observer: Observer): TaskFindings {
    const { scenario, seed } = this.cell, { records, domains, placeOf } = this, { protocol, observation } = scenario, isWanted = (clientId: number): boolean => placeOf.has(clientId);
    const options = { people: observation.people, seed, domainCount: domains.length }, taskNumber = TASKS[observer];
    switch (observer) {
      case "path": return scoreTraffic(records.wire, records.truth, options);
      case "path-timing": return scoreTiming(records, options);
      case "path-chunks": return scoreChunks(this.answersOnPath(), placeOf, { seed, taskNumber });
      case "relay": return !protocol.relay ? { metrics: {}, warnings: [] } : scoreRelay(this.relay(), records, options);
      case "gateway-link": return !protocol.relay ? { metrics: {}, warnings: [] } : scoreGatewayLink(this.captured?.gatewayLink ?? this.relay(), records, options);
      case "expert": return scorePrompts(this.expertPrompts(), { name: "leak.expert", world: this.world(), domains, placeOf, seed, taskNumber });
      case "malicious-expert": {
        const told = this.captured !== undefined ? this.captured.askedBack?.filter(({ clientId }) => isWanted(clientId)) : askBack(this.expertPrompts(), { world: this.world(), domains, redactFraction: protocol.redactFraction, compliance: observation.askBackCompliance, seed });
        if (told === undefined) return { metrics: {}, warnings: ["leak.malicious is not scored: the experts of this capture ask nothing back."] };
        return scorePrompts(told, { name: "leak.malicious", world: this.world(), domains, placeOf, seed, taskNumber });
      }
      case "relay-and-expert":
        return scoreCollusion(this.relay(), this.expertPrompts(), { name: "leak.collusion", world: this.world(), domains, placeOf, seed, taskNumber });
      case "general": return scorePrompts(this.prompts().filter(({ record }) => record.tier === domains.length), { name: "leak.general", world: this.world(), domains, placeOf, seed, taskNumber });
      case "ledger": return scoreLedger(this.captured?.payments.filter(({ clientId }) => isWanted(clientId)) ?? observeLedger(records, { protocol, domainCount: domains.length, seed, isWanted }), { placeOf, payeeCount: domains.length + 1, seed, taskNumber });
      default: return observer satisfies never;
    }
  }

  private world(): World { return this.worldOfRun ??= makeWorld(this.cell.scenario.world); }

  private relay(): ColumnTable { return this.captured?.relay ?? observeRelay(this.records, this.cell.scenario.protocol.gateway, this.domains.length); }

  private answersOnPath(): readonly AnswerOnPath[] {
    if (this.captured !== undefined) return this.captured.prompts.filter(({ clientId }) => this.placeOf.has(clientId));
    return this.prompts().map((prompt) => ({ ...prompt, chunkBytes: observeChunks(prompt.answer, this.cell.scenario.protocol) }));
  }

  private prompts(): readonly ObservedPrompt[] {
    const { scenario: { protocol }, seed } = this.cell, { domains, placeOf } = this;
    return this.readPrompts ??= this.captured?.prompts.filter(({ clientId }) => placeOf.has(clientId)) ?? observePrompts(this.records, this.world(), { protocol, domains, seed, isWanted: (clientId) => placeOf.has(clientId) });
  }

  private expertPrompts(): readonly ObservedPrompt[] { return this.prompts().filter(({ record }) => record.tier < this.domains.length); }
}
