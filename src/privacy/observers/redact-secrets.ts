/**
 * What leaves the phone of a text: secrets of the person, found by the values of their own profile, each replaced by the
 * name of its attribute with a chance, else sent as it stands.
 */
import type { RandomStream } from "../../core/random-stream.js";
import { ATTRIBUTE_IDS, attributeOf, isSecret, type AttributeId } from "../../world/people/attributes.js";
import { NONE, type Person } from "../../world/people/person.js";

/** A secret in a text. */
export interface SecretSpan {
  readonly attribute: AttributeId;
  readonly value: string;
  readonly isHidden: boolean;
}

/** A text after redaction, and what was in it. */
export interface RedactedText { readonly text: string; readonly secrets: readonly SecretSpan[] }

/**
 * Redacts a text. Every mention of one value is hidden, or none.
 *
 * @param redactFraction Chance that a secret is found.
 * @param stream At the start of the text's draws: one is taken per secret attribute, so that a higher fraction hides the same spans and more.
 */
export function redactSecrets(text: string, { values }: Person, redactFraction: number, stream: RandomStream): RedactedText {
  const secrets: SecretSpan[] = [];
  let redacted = text;
  for (const attribute of ATTRIBUTE_IDS.filter(isSecret)) {
    const isFound = stream.nextUniform() < redactFraction, value = values[attribute], mention = mentionOf(value);
    if (value === NONE || !mention.test(text)) continue;
    secrets.push({ attribute, value, isHidden: isFound });
    if (isFound) redacted = redacted.replace(mention, placeholderOf(attribute));
  }
  return { text: redacted, secrets };
}

/** What stands in the place of a hidden secret. */
export function placeholderOf(attribute: AttributeId): string { return `[${attributeOf(attribute).label}]`; }

function mentionOf(value: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}+-])${value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}+-])`, "giu");
}
