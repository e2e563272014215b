/** What the ledger's operator learns: what each account is interested in, and which spent token came from which purchase. */
import { log2 } from "../core/elementary.js";
import { Purpose, RandomStream } from "../core/random-stream.js";
import { LEDGER_PAYEE, UNKNOWN_ACCOUNT } from "../records/payment-record.js";
import type { FeatureTable } from "./attacks/attack.js";
import { trafficAttack } from "./attacks/traffic-attack.js";
import type { ObservedPayment } from "./observers/ledger-observer.js";
import { keptRows, scoreTask, type ScoredTask, type TaskPlace } from "./score-task.js";
import { describeTasks, type TaskFindings } from "./task-findings.js";

const US_PER_HOUR = 3.6e9;
/** Spending within this time after a purchase is put down to its buyer. */
const WINDOW_US = 1 * US_PER_HOUR;
const RIVAL_DRAWS = 2 ** 36;

/** How payments are scored. */
export interface LedgerScoring extends TaskPlace { readonly placeOf: ReadonlyMap<number, number>; readonly payeeCount: number }

/** Metrics leak.ledger.interest.* (which payee an account uses most) and leak.ledger.link.* (did this token come from that purchase). */
export function scoreLedger(payments: readonly ObservedPayment[], scoring: LedgerScoring): TaskFindings {
  return describeTasks({ "leak.ledger.interest": scoreInterest(payments, scoring), "leak.ledger.link": scoreLinks(payments, scoring) });
}

/** One row per account: for each payee what the account paid itself, or what was spent by nobody known after its purchases. */
function scoreInterest(payments: readonly ObservedPayment[], { placeOf, payeeCount, seed, taskNumber }: LedgerScoring): ScoredTask {
  const clients = [...new Set(payments.map(({ clientId }) => clientId))].sort((a, b) => a - b), placeAmong = new Map(clients.map((clientId, i) => [clientId, i]));
  const truth = new Float64Array(clients.length * payeeCount), seen = new Float64Array(clients.length * payeeCount);
  for (const { record, clientId } of payments) if (record.payee !== LEDGER_PAYEE) truth[placeAmong.get(clientId)! * payeeCount + record.payee]!++;
  const spent = payments.map(({ record }) => record).filter(({ payee }) => payee !== LEDGER_PAYEE).sort((a, b) => a.bookedAtUs - b.bookedAtUs);
  for (const { account, payee } of spent) if (account !== UNKNOWN_ACCOUNT) seen[placeAmong.get(account)! * payeeCount + payee]!++;
  const unknown = spent.filter(({ account }) => account === UNKNOWN_ACCOUNT), times = Float64Array.from(unknown, ({ bookedAtUs }) => bookedAtUs);
  for (const { record, clientId } of payments) {
    if (record.payee !== LEDGER_PAYEE) continue;
    for (let i = firstAtOrAfter(times, record.bookedAtUs); i < unknown.length && times[i]! <= record.bookedAtUs + WINDOW_US; i++) seen[placeAmong.get(clientId)! * payeeCount + unknown[i]!.payee]!++;
  }
  const features = { rowCount: clients.length, columnCount: payeeCount, values: toShares(seen, payeeCount) };
  const labels = Int32Array.from(clients, (_, i) => indexOfHighest(truth.subarray(i * payeeCount, (i + 1) * payeeCount)));
  const people = Int32Array.from(clients, (clientId) => placeOf.get(clientId)!);
  return scoreTask(trafficAttack, { features, labels, people, classCount: payeeCount }, keptRows(clients, () => true), { seed, taskNumber });
}

/** Pairs of a spent token and a purchase before it, its own and one of somebody else: time between them, and whether the accounts agree. */
function scoreLinks(payments: readonly ObservedPayment[], { placeOf, seed, taskNumber }: LedgerScoring): ScoredTask {
  const purchases = payments.filter(({ record }) => record.payee === LEDGER_PAYEE), ownOf = new Map(purchases.map((purchase) => [`${purchase.clientId}/${purchase.purchase}`, purchase]));
  const spent = payments.filter(({ record }) => record.payee !== LEDGER_PAYEE), stream = new RandomStream(seed, 0, Purpose.attack);
  const pairs = spent.flatMap((spend, i) => {
    // A payment from an account names its buyer: that is the purchase.
    const own = ownOf.get(`${spend.clientId}/${spend.purchase}`) ?? spend, candidates = purchases.length > 0 ? purchases : spent;
    const rival = candidates[stream.seek(RIVAL_DRAWS, i).nextInt(candidates.length)]!;
    return rival.clientId === spend.clientId ? [] : [{ spend, bought: own, label: 1 }, { spend, bought: rival, label: 0 }];
  });
  const features = pairFeatures(pairs.map(({ spend, bought }) => [spend.record.bookedAtUs - bought.record.bookedAtUs, spend.record.account === bought.record.account ? 1 : 0]));
  const people = Int32Array.from(pairs, ({ spend }) => placeOf.get(spend.clientId)!), labels = Int32Array.from(pairs, ({ label }) => label);
  return scoreTask(trafficAttack, { features, labels, people, classCount: 2 }, keptRows(pairs, () => true), { seed, taskNumber: taskNumber + 1 });
}


/** log2 of the time between, -1 where the purchase comes later; whether accounts agree. Shape [pairs, 2]. */
function pairFeatures(pairs: readonly (readonly number[])[]): FeatureTable {
  const values = Float64Array.from(pairs.flatMap(([gapUs, isSame]) => [gapUs! >= 0 ? log2(1 + gapUs!) : -1, isSame!]));
  return { rowCount: pairs.length, columnCount: 2, values };
}

/** Rows of counts to rows of shares, with half a count more each. */
function toShares(counts: Float64Array, columnCount: number): Float64Array {
  const shares = new Float64Array(counts.length);
  for (let from = 0; from < counts.length; from += columnCount) {
    const total = counts.subarray(from, from + columnCount).reduce((sum, count) => sum + count + 0.5, 0);
    for (let c = 0; c < columnCount; c++) shares[from + c] = (counts[from + c]! + 0.5) / total;
  }
  return shares;
}

function firstAtOrAfter(times: Float64Array, atUs: number): number {
  let low = -1, high = times.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle]! < atUs) low = middle; else high = middle;
  }
  return high;
}

function indexOfHighest(values: Float64Array): number { return values.reduce((best, value, i) => (value > values[best]! ? i : best), 0); }
