/**
 * A malicious E: it answers with a question of its own. Some people, or their P, tell it what it asks for; that goes through
 * redaction like any request. How many do is assumed.
 */
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { attributeOf, type AttributeId } from "../../world/people/attributes.js";
import { samplePerson, type Person } from "../../world/people/person.js";
import type { World } from "../../world/world.js";
import type { ObservedPrompt } from "./prompt-observer.js";
import { redactSecrets } from "./redact-secrets.js";

/** What a malicious E of each domain asks back, in place of its answer. */
export const ASKED_BACK: Readonly<Record<string, AttributeId>> = { finance: "salary", medicine: "condition", it: "phone", education: "grade" };

/** Entities of the draws of compliance begin here. */
const COMPLIANCE_DRAWS = 2 ** 35;

/** How people meet a malicious E. */
export interface AskBackOptions {
  readonly world: World;
  readonly domains: readonly string[];
  readonly redactFraction: number;
  /** Chance that what is asked for is told. From 0 to 1. */
  readonly compliance: number;
  readonly seed: number;
}

/** Whether somebody tells what an E asks for; leaves the stream at the draws of redaction. */
export function isTold({ clientId, queryIndex }: Pick<ObservedPrompt, "clientId" | "queryIndex">, compliance: number, stream: RandomStream): boolean {
  return stream.seek(COMPLIANCE_DRAWS + clientId, queryIndex).nextUniform() < compliance;
}

/** What somebody says whom an E asks for an attribute. */
export function tellingOf(attribute: AttributeId, { values }: Person): string { return `my ${attributeOf(attribute).label} is ${values[attribute]}.`; }

/** Requests with what E was told when it asked back. */
export function askBack(prompts: readonly ObservedPrompt[], { world, domains, redactFraction, compliance, seed }: AskBackOptions): ObservedPrompt[] {
  const stream = new RandomStream(seed, 0, Purpose.attack);
  return prompts.map((prompt) => {
    const attribute = ASKED_BACK[domains[prompt.record.tier] ?? ""];
    if (attribute === undefined || !isTold(prompt, compliance, stream)) return prompt;
    const person = samplePerson(world, prompt.clientId), original = ` ${tellingOf(attribute, person)}`;
    const { text, secrets } = redactSecrets(original, person, redactFraction, stream);
    return { ...prompt, original: prompt.original + original, secrets: [...prompt.secrets, ...secrets], record: { ...prompt.record, text: prompt.record.text + text } };
  });
}
