/** An expert's answer as P reads it: a statement, so that P need not know what was asked. */

/** "what is the class of Vornix?", "Vornix: class?" and the like. */
const ASKS_FOR = [/\bthe (?<label>.+?) of (?<entity>.+?)[?.]?$/i, /^which (?<label>.+?) does (?<entity>.+?) have[?.]?$/i, /^(?<entity>[^:]+): (?<label>.+?)[?.]?$/];

/** A note for P's prompt. An answer that is a sentence by itself stays as it is. */
export function noteOf(question: string, answer: string): string {
  if (/[.!?]$/.test(answer)) return answer;
  const asked = ASKS_FOR.map((pattern) => pattern.exec(question.trim())?.groups).find((groups) => groups !== undefined);
  return asked === undefined ? `${answer}.` : `the ${asked["label"]} of ${asked["entity"]} is ${answer}.`;
}
