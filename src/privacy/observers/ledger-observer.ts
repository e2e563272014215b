/** What the ledger's operator books in a run: who paid whom, as far as the kind of payment tells. */
import type { Scenario } from "../../config/scenario-schema.js";
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { LEDGER_PAYEE, UNKNOWN_ACCOUNT, type PaymentRecord } from "../../records/payment-record.js";
import type { RunRecords } from "../../records/run-records.js";
import { joinQuestions } from "../join-truth.js";

/** A booking with the truth about it: whose it is, and for a spent token which purchase it came from. */
export interface ObservedPayment {
  readonly record: PaymentRecord;
  readonly clientId: number;
  /** Place among the purchases of the person; -1 for payments from an account. */
  readonly purchase: number;
}

const US_PER_DAY = 86_400e6;
/** Entities of the draws of purchase times begin here. */
const PURCHASE_DRAWS = 2 ** 33;

/** How payments are read off a run. */
export interface LedgerOptions { readonly protocol: Scenario["protocol"]; readonly domainCount: number; readonly seed: number; readonly isWanted: (clientId: number) => boolean }

/** Bookings of a run, person by person in order of time. Each question that reached a tier costs one unit. */
export function observeLedger(records: RunRecords, options: LedgerOptions): ObservedPayment[] {
  return paidQuestions(records, options).flatMap(({ clientId, spends }) => {
    switch (options.protocol.payment) {
      case "account": return spends.map((spend) => ({ record: { ...spend, account: clientId, amount: 1 }, clientId, purchase: -1 }));
      case "blind": return payBlind(clientId, spends, options, (spend) => spend.bookedAtUs);
      case "blind-scheduled": return payBlind(clientId, spends, options, (spend, purchase) => scheduledAtUs(clientId, spend.bookedAtUs, purchase, options.seed));
      default: return options.protocol.payment satisfies never;
    }
  });
}

interface Spend { readonly bookedAtUs: number; readonly payee: number }

function paidQuestions({ request, truth }: RunRecords, { domainCount, isWanted }: LedgerOptions): { clientId: number; spends: Spend[] }[] {
  const clients = truth.column("clientId"), isExpert = truth.column("isExpertConsulted"), isGeneral = truth.column("isGeneralConsulted"), domains = truth.column("domainIndex");
  const rows = Int32Array.from({ length: truth.rowCount }, (_, row) => row).filter((row) => (isExpert[row] === 1 || isGeneral[row] === 1) && isWanted(clients[row]!));
  const requestRows = joinQuestions(truth, request, rows), arrivedAtUs = request.column("arrivedAtUs"), byClient = new Map<number, Spend[]>();
  rows.forEach((row, i) => {
    const bookedAtUs = arrivedAtUs[requestRows[i]!]!, spends = byClient.get(clients[row]!) ?? [];
    if (!Number.isNaN(bookedAtUs)) spends.push({ bookedAtUs, payee: isExpert[row] === 1 ? domains[row]! : domainCount });
    byClient.set(clients[row]!, spends);
  });
  return [...byClient].map(([clientId, spends]) => ({ clientId, spends: spends.sort((a, b) => a.bookedAtUs - b.bookedAtUs) }));
}

/** Tokens are bought `tokensPerPurchase` at a time and spent in order. */
function payBlind(clientId: number, spends: readonly Spend[], { protocol }: LedgerOptions, boughtAtUs: (first: Spend, purchase: number) => number): ObservedPayment[] {
  return spends.flatMap((spend, i) => {
    const purchase = Math.floor(i / protocol.tokensPerPurchase), isFirst = i % protocol.tokensPerPurchase === 0;
    const spent = { record: { ...spend, account: UNKNOWN_ACCOUNT, amount: 1 }, clientId, purchase };
    const bought = { record: { bookedAtUs: boughtAtUs(spend, purchase), account: clientId, payee: LEDGER_PAYEE, amount: protocol.tokensPerPurchase }, clientId, purchase };
    return isFirst ? [bought, spent] : [spent];
  });
}

/** A random instant of the day before the first token is needed. */
function scheduledAtUs(clientId: number, neededAtUs: number, purchase: number, seed: number): number {
  const luck = new RandomStream(seed, 0, Purpose.attack).seek(PURCHASE_DRAWS + clientId, purchase).nextUniform();
  return Math.round((Math.floor(neededAtUs / US_PER_DAY) - 1 + luck) * US_PER_DAY);
}
