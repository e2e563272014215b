/** What attacks found, by name: `leak.OBSERVER.QUESTION.MEASURE`. One set of measures for all, so that attacks stand in one table. */
import type { MetricSpec } from "./findings.js";

/** A question of an observer. */
interface LeakageTask {
  /** First part of its metrics' names. */
  readonly name: string;
  readonly title: string;
  /** Who guesses what, as the definition begins. */
  readonly guess: string;
}

const CLASS_TASKS: readonly LeakageTask[] = [
  { name: "leak.domain", title: "Path: domain", guess: "Path observer: domain of a question, among those with traffic" },
  { name: "leak.consult", title: "Path: expert asked", guess: "Path observer: was an E asked for this question, among all questions; 0.5 where none ever is" },
  { name: "leak.timing.domain", title: "Path: domain from times", guess: "Path observer with a clock and no sizes: domain of a question" },
  { name: "leak.timing.consult", title: "Path: expert asked, from times", guess: "Path observer with a clock and no sizes: was an E asked, among questions with traffic" },
  { name: "leak.relay.domain", title: "Relay: domain", guess: "Relay: domain of an exchange, from gateway, sizes and times" },
  { name: "leak.gateway.domain", title: "Gateway link: domain", guess: "Someone between relay and gateway: domain of an exchange, from sizes and times, without a sender" },
  { name: "leak.gateway.consult", title: "Gateway link: expert asked", guess: "Someone between relay and gateway: is an exchange an expert's, or T's or cover; 0.5 where all are of one sort" },
  ...readerTasks("expert", "E"), ...readerTasks("malicious", "Malicious E"), ...readerTasks("collusion", "Relay and E"), ...readerTasks("general", "T"),
  { name: "leak.ledger.interest", title: "Ledger: interest", guess: "Ledger: the payee that an account uses most, one row per account" },
  { name: "leak.ledger.link", title: "Ledger: token to purchase", guess: "Ledger: does a spent token come from this purchase or from another" },
];

function readerTasks(name: string, who: string): LeakageTask[] {
  return [
    { name: `leak.${name}.health`, title: `${who}: health`, guess: `${who} as a reader: has the sender a lasting condition` },
    { name: `leak.${name}.wealth`, title: `${who}: wealth`, guess: `${who} as a reader: tax band of the sender's salary` },
  ];
}

/** Observers who read words. */
const READERS = [["expert", "E"], ["malicious", "Malicious E"], ["general", "T"]] as const;
const LINKED_COUNTS = [1, 2, 4, 8] as const;

function leak(name: string, title: string, unit: string, digits: number, definition: string, better: MetricSpec["better"] = "lower"): MetricSpec {
  return { name, answer: "leakage", title, unit, better, digits, definition };
}

function classMetrics({ name, title, guess }: LeakageTask): MetricSpec[] {
  return [
    leak(`${name}.auc`, `${title}, AUC`, "AUC", 3, `${guess}. Area under the ROC curve of one class against the rest, mean over classes.`),
    leak(`${name}.auc.low`, `${title}, AUC low end`, "AUC", 3, "Lower end of its 95% bootstrap interval over people."),
    leak(`${name}.auc.high`, `${title}, AUC high end`, "AUC", 3, "Upper end of the same interval."),
    leak(`${name}.tpr1`, `${title}, TPR at 1% FPR`, "fraction", 3, "True positive rate of the same scores at 1% false positives, mean over classes."),
    leak(`${name}.tpr01`, `${title}, TPR at 0.1% FPR`, "fraction", 3, "The same at 0.1% false positives."),
    leak(`${name}.advantage`, `${title}, advantage`, "fraction", 3, "Balanced advantage of the best guess: mean recall over classes, 0 for blind guessing and 1 for certainty."),
    leak(`${name}.top1`, `${title}, right guesses`, "fraction", 3, "Share of right best guesses."),
    leak(`${name}.prior`, `${title}, blind guesses`, "fraction", 3, "Share of the most common class.", "none"),
    ...bitsMetrics(name, title),
  ];
}

function bitsMetrics(name: string, title: string): MetricSpec[] {
  return [
    leak(`${name}.bits`, `${title}, leakage`, "bits", 3, "Min-entropy leakage: log2 of the share of right guesses over that of blind ones."),
    leak(`${name}.bits.low`, `${title}, leakage low end`, "bits", 3, "Lower end of its 95% bootstrap interval over people."),
    leak(`${name}.bits.high`, `${title}, leakage high end`, "bits", 3, "Upper end of the same interval."),
  ];
}

function readerMetrics(name: string, who: string): MetricSpec[] {
  const secret = `leak.${name}.secret`, link = `leak.${name}.link`;
  return [
    leak(`${secret}.top1`, `${who}: secrets recovered`, "fraction", 3, `Secrets in requests that ${who} reads or guesses right after redaction.`),
    leak(`${secret}.prior`, `${who}: secrets guessed blindly`, "fraction", 3, "The same with the most common value of each attribute.", "none"),
    ...bitsMetrics(secret, `${who}: secrets`),
    leak(`${secret}.rouge`, `${who}: request recovered`, "ROUGE-L", 3, "ROUGE-L of the request with its placeholders filled in against the request before redaction."),
    ...LINKED_COUNTS.map((count) => leak(`${link}.error${count}`, `${who}: ${count} linked, errors`, "fraction", 3, `How often ${count} requests of one person are put down to another whose earlier requests are known; 0.5 is guessing.`, "higher")),
    ...bitsMetrics(link, `${who}: linkage of 8`),
    leak(`leak.${name}.answerable`, `${who}: answerable as sent`, "fraction", 3, `Requests to ${who} of whose own words no secret was hidden, so that it can answer: the price of redaction.`, "higher"),
  ];
}

/** All of them, in table order. */
export const LEAKAGE_METRICS: readonly MetricSpec[] = [
  ...CLASS_TASKS.flatMap(classMetrics),
  leak("leak.tokens.top1", "Path: answers found whole", "fraction", 3, "Answers of tiers that the sizes of their chunks give back word for word."),
  leak("leak.tokens.prior", "Path: answers guessed", "fraction", 3, "The same by naming the most common answer.", "none"),
  leak("leak.tokens.rouge", "Path: answer recovered", "ROUGE-L", 3, "ROUGE-L of the reconstruction from chunk sizes against the answer."),
  leak("leak.tokens.rouge.prior", "Path: answer at random", "ROUGE-L", 3, "The same for an answer of somebody else at random.", "none"),
  ...bitsMetrics("leak.tokens", "Path: answers"),
  ...READERS.flatMap(([name, who]) => readerMetrics(name, who)),
  leak("leak.collusion.joined.top1", "Relay and E: phone found", "fraction", 3, "Requests that E read which the colluders put down to the right phone."),
  leak("leak.collusion.joined.prior", "Relay and E: phone guessed", "fraction", 4, "One phone in all.", "none"),
  leak("leak.worst.bits", "Worst observer's leakage", "bits", 3, "Leakage of the question that an observer answers best, the most over the observers of this scenario."),
  leak("leak.mean.bits", "Mean observer's leakage", "bits", 3, "The same, mean over the observers."),
];
