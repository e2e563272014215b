/**
 * What operators of tiers learn from words: attributes of the sender, secrets after redaction, and which requests are of one
 * person. Honest but curious E, malicious E that asks back, E together with the relay, and T are the same readers of
 * different records.
 */
import { UNKNOWN_SENDER } from "../records/prompt-record.js";
import type { World } from "../world/world.js";
import { bandOfSalary } from "../world/knowledge/finance-area.js";
import { NONE, samplePerson, type Person } from "../world/people/person.js";
import { reader } from "./attacks/reader.js";
import type { ObservedPrompt } from "./observers/prompt-observer.js";
import { recoverSecrets } from "./recover-secrets.js";
import { scoreLinkage, LINKED_MESSAGES } from "./score-linkage.js";
import { keptRows, scoreTask, type ScoredTask } from "./score-task.js";
import { describeTasks, type TaskFindings } from "./task-findings.js";
import { tabulateWords } from "./word-table.js";

/** Attributes that readers infer: the class of a person, and the domain whose E is asked about it. T reads everything. */
const INFERRED: Readonly<Record<string, { readonly domain: string; readonly classOf: (person: Person) => string }>> = {
  health: { domain: "medicine", classOf: ({ values }) => (values.condition === NONE ? "well" : "ill") },
  wealth: { domain: "finance", classOf: ({ values }) => `tax band ${bandOfSalary(Number.parseInt(values.salary, 10))}` },
};

/** How requests are scored. */
export interface PromptScoring {
  /** First part of the metrics' names. */
  readonly name: string;
  readonly world: World;
  /** Names of the scenario's domains, in order of tiers. */
  readonly domains: readonly string[];
  /** Place of each person in a random order. */
  readonly placeOf: ReadonlyMap<number, number>;
  readonly seed: number;
  /** Bootstraps take the numbers from here on. */
  readonly taskNumber: number;
}

/** Scores every attack on words: sender by sender where the operator sees addresses, else request by request. */
export function scorePrompts(prompts: readonly ObservedPrompt[], scoring: PromptScoring): TaskFindings {
  const inferred = describeTasks(inferAttributes(attributeTexts(prompts, scoring), scoring));
  const recovered = describeRecovery(prompts, scoring), linked = describeLinkage(prompts, scoring);
  const answerable = prompts.length > 0 ? { [`${scoring.name}.answerable`]: prompts.filter(({ isAnswerable }) => isAnswerable).length / prompts.length } : {};
  return { metrics: { ...inferred.metrics, ...recovered.metrics, ...linked.metrics, ...answerable }, warnings: [...inferred.warnings, ...recovered.warnings, ...linked.warnings], intervals: { ...inferred.intervals, ...recovered.intervals } };
}

/** One text per request; where senders are known, one per sender and tier. */
function attributeTexts(prompts: readonly ObservedPrompt[], { domains }: PromptScoring): AttributedText[] {
  const texts = new Map<string, AttributedText>();
  prompts.forEach(({ record, clientId }, i) => {
    const domain = domains[record.tier], key = record.sender === UNKNOWN_SENDER ? String(i) : `${record.sender}/${record.tier}`;
    texts.set(key, { text: `${texts.get(key)?.text ?? ""} ${record.text}`, clientId, ...(domain === undefined ? {} : { domain }) });
  });
  return [...texts.values()];
}

/** Words that are put down to one person. */
export interface AttributedText {
  readonly text: string;
  readonly clientId: number;
  /** Of the E that reads it; absent for a reader of several domains. */
  readonly domain?: string;
}

/** Attribute inference by a reader: one row per text. */
export function inferAttributes(texts: readonly AttributedText[], { name, world, placeOf, seed, taskNumber }: PromptScoring): Record<string, ScoredTask> {
  const features = tabulateWords(texts.map(({ text }) => text)), people = Int32Array.from(texts, ({ clientId }) => placeOf.get(clientId)!);
  const personOf = new Map([...new Set(texts.map(({ clientId }) => clientId))].map((clientId) => [clientId, samplePerson(world, clientId)]));
  return Object.fromEntries(Object.entries(INFERRED).map(([attribute, { domain, classOf }], i) => {
    const classes = texts.map(({ clientId }) => classOf(personOf.get(clientId)!)), names = [...new Set(classes)].sort();
    const labels = Int32Array.from(classes, (value) => names.indexOf(value));
    return [`${name}.${attribute}`, scoreTask(reader, { features, labels, people, classCount: names.length }, keptRows(texts, (row) => texts[row]!.domain === undefined || texts[row]!.domain === domain), { seed, taskNumber: taskNumber + i })];
  }));
}

function describeRecovery(prompts: readonly ObservedPrompt[], { name, placeOf, seed, taskNumber }: PromptScoring): TaskFindings {
  const score = recoverSecrets(prompts, placeOf, { seed, taskNumber: taskNumber + 2 }), task = `${name}.secret`;
  if (score === undefined) return { metrics: {}, warnings: [`${task} is not scored: too few requests name a secret.`] };
  const { top1, prior, bits, rouge } = score;
  return { metrics: { [`${task}.top1`]: top1.value, [`${task}.prior`]: prior.value, [`${task}.bits`]: bits.value, [`${task}.bits.low`]: bits.low, [`${task}.bits.high`]: bits.high, [`${task}.rouge`]: rouge.value }, warnings: [], intervals: { [`${task}.top1`]: { low: top1.low, high: top1.high } } };
}

function describeLinkage(prompts: readonly ObservedPrompt[], { name, placeOf, seed }: PromptScoring): TaskFindings {
  if (prompts.some(({ record }) => record.sender !== UNKNOWN_SENDER)) return { metrics: linkedBySender(`${name}.link`), warnings: [] };
  const ordered = [...prompts].sort((a, b) => a.clientId - b.clientId || a.queryIndex - b.queryIndex), task = `${name}.link`;
  const score = scoreLinkage(tabulateWords(ordered.map(({ record }) => record.text)), Int32Array.from(ordered, ({ clientId }) => placeOf.get(clientId)!), seed);
  if (score === undefined) return { metrics: {}, warnings: [`${task} is not scored: fewer than 10 people sent ${2 * LINKED_MESSAGES.at(-1)!} requests.`] };
  const errors = Object.fromEntries(score.errors.map(({ value }, i) => [`${task}.error${LINKED_MESSAGES[i]!}`, value]));
  return { metrics: { ...errors, [`${task}.bits`]: score.bits.value, [`${task}.bits.low`]: score.bits.low, [`${task}.bits.high`]: score.bits.high }, warnings: [] };
}

/** Addresses link without error. */
function linkedBySender(task: string): Record<string, number> {
  return { ...Object.fromEntries(LINKED_MESSAGES.map((count) => [`${task}.error${count}`, 0])), [`${task}.bits`]: 1, [`${task}.bits.low`]: 1, [`${task}.bits.high`]: 1 };
}
