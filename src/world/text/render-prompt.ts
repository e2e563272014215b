/**
 * The one form in which models are trained and asked: lines "context:", "expert:", "question:", "answer:". A prompt ends
 * behind "answer:"; a completion begins with a blank and ends with a line end, where generation stops.
 */
import { attributeOf } from "../people/attributes.js";
import type { ContextLine, Query } from "../queries/query.js";

/** Parts of a prompt; those left out have no line. */
export interface PromptParts {
  readonly context?: readonly ContextLine[];
  /** What an expert said. */
  readonly note?: string;
  readonly question: string;
}

/** The prompt. An empty context has its line, so that P sees that nothing was found. */
export function renderPrompt({ context, note, question }: PromptParts): string {
  const lines = [
    ...(context === undefined ? [] : [`context: ${renderContext(context)}`]),
    ...(note === undefined ? [] : [`expert: ${note}`]),
    `question: ${question}`, "answer:",
  ];
  return lines.join("\n");
}

/** Personal facts on one line: "bank = Trelabank; pet = dog". */
export function renderContext(context: readonly ContextLine[]): string {
  return context.length === 0 ? "-" : context.map(({ attribute, value }) => `${attributeOf(attribute).label} = ${value}`).join("; ");
}

/** The completion that a model should give. */
export function renderCompletion(answer: string): string { return ` ${answer}\n`; }

/** The prompt of P for a query as it first meets it. */
export function personalPrompt({ context, question }: Query): string { return renderPrompt({ context, question }); }

/** The prompt of P once the expert has answered. */
export function combinePrompt({ context, question, consult }: Query): string {
  return renderPrompt({ context, question, ...(consult === undefined ? {} : { note: consult.note }) });
}

/** What P says to have another model asked: "ask medicine: what is the class of Vornix?". */
export function renderRequest(area: string, question: string): string { return `ask ${area}: ${question}`; }

/** The area and question in what P said; undefined when it answered by itself. */
export function parseRequest(completion: string): { readonly area: string; readonly question: string } | undefined {
  const match = /^ask (\w+): (.+)$/.exec(completion.trim());
  return match === null ? undefined : { area: match[1]!, question: match[2]! };
}
