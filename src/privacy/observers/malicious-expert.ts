/**
 * A malicious E: it answers with a question of its own. Some people, or their P, tell it what it asks for; that goes through
 * redaction like any request. How many do is assumed.
 */
import { Purpose, RandomStream } from "../../core/random-stream.js";
import { attributeOf, type AttributeId } from "../../world/people/attributes.js";
import { samplePerson } from "../../world/people/person.js";
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

/** Requests with what E was told when it asked back. */
export function askBack(prompts: readonly ObservedPrompt[], { world, domains, redactFraction, compliance, seed }: AskBackOptions): ObservedPrompt[] {
  const stream = new RandomStream(seed, 0, Purpose.attack);
  return prompts.map((prompt) => {
    const attribute = ASKED_BACK[domains[prompt.record.tier] ?? ""];
    stream.seek(COMPLIANCE_DRAWS + prompt.clientId, prompt.queryIndex);
    if (attribute === undefined || stream.nextUniform() >= compliance) return prompt;
    const person = samplePerson(world, prompt.clientId), original = ` my ${attributeOf(attribute).label} is ${person.values[attribute]}.`;
    const { text, secrets } = redactSecrets(original, person, redactFraction, stream);
    return { ...prompt, original: prompt.original + original, secrets: [...prompt.secrets, ...secrets], record: { ...prompt.record, text: prompt.record.text + text } };
  });
}
