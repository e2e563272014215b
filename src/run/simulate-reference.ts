/**
 * The run of a cell with one global event queue: slow and obvious, used by tests. Every client event and every tier event
 * fires in global order, and a message is known the moment it is sent. The window engine must leave the same records.
 */
import { CLIENT_STRIDE, ClientField as F, Stage } from "../clients/client-state.js";
import { QuestionLife } from "../clients/question-life.js";
import { entityOfKey, eventKey } from "../simulation/event-queue.js";
import { HeapQueue } from "../simulation/heap-queue.js";
import { ResponseField } from "../tiers/tier-messages.js";
import { makeTierProcess } from "../tiers/tier-process.js";
import { allocateFleet } from "./fleet-memory.js";
import { allocateControl, type CellInputs, makeFleetParts } from "./participate.js";
import { type CellSeed, type FleetRun, joinParts } from "./simulate-fleet.js";

/** Runs a cell in global order. Not for the bandit: its learners fold in what they learned once a window. */
export function simulateReference(cell: CellSeed, inputs: CellInputs): FleetRun {
  const { scenario, seed, replication } = cell, memory = allocateFleet(scenario, 1), state = memory.clients;
  const { world, log, next } = makeFleetParts({ ...cell, thread: 0, memory, inputs, control: allocateControl() });
  const queue = new HeapQueue(), life = makeLife();
  const tiers = makeTierProcess(scenario, seed, replication, (row) => {
    const client = row[ResponseField.clientId]!;
    life.receive(client * CLIENT_STRIDE, client, 0, row, 0);
    scheduleClient(client);
  });
  let events = 0;
  for (let client = 0; client < scenario.population.clients; client++) { next.begin(client); scheduleClient(client); }
  while (queue.size > 0 || tiers.pendingCount() > 0) {
    // The tiers take everything before the next client event; at equal instants clients go first, as in a window.
    const nextUs = queue.peekTimeUs(), tierUs = tiers.nextEventAtUs();
    if (tierUs < nextUs) { tiers.advance(tierUs + 1); continue; }
    queue.pop();
    fireClient(entityOfKey(queue.key), queue.timeUs);
    events++;
  }
  return joinParts([{ isFinished: true, totals: log.totals, rows: log.rows, events, endedAtUs: queue.timeUs, tiers: tiers.summarize(queue.timeUs) }]);

  function makeLife(): QuestionLife {
    return new QuestionLife({ ...world, send: (row) => { tiers.accept(row, 1); }, end: (ended, question) => { log.write(ended, question); next.schedule(ended.at, ended.client); } });
  }

  function fireClient(client: number, nowUs: number): void {
    const at = client * CLIENT_STRIDE;
    if (state[at + F.stage] === Stage.backoff) life.retry(at, client, 0, nowUs);
    else life.ask(at, client, 0, nowUs);
    scheduleClient(client);
  }

  function scheduleClient(client: number): void {
    const at = client * CLIENT_STRIDE, dueUs = state[at + F.stage] === Stage.waiting ? Infinity : state[at + F.wakeAtUs]!;
    if (dueUs < Infinity) queue.push(dueUs, eventKey(client, 0));
  }
}
