/** Conversations of two made-up people, in the format of Synthetic-Persona-Chat. */
import { DataError } from "../../core/errors.js";
import { parseCsv } from "../../devices/parse-csv.js";

/** Something said. */
export interface Turn { readonly speaker: 1 | 2; readonly text: string }

/** A conversation and what its speakers are like: one sentence per trait. */
export interface PersonaChat {
  readonly personas: readonly [readonly string[], readonly string[]];
  readonly turns: readonly Turn[];
}

const COLUMNS = ["user 1 personas", "user 2 personas", "Best Generated Conversation"] as const;

/** Parses the table. @throws {DataError} when columns are missing, or a conversation marks no speaker. */
export function parsePersonaChat(text: string, file: string): readonly PersonaChat[] {
  return parseCsv(text, file).map((row, index) => {
    const [first, second, talk] = COLUMNS.map((column) => row[column]);
    if (first === undefined || second === undefined || talk === undefined) {
      throw new DataError({ subject: file, rule: `have the columns ${COLUMNS.join(", ")}`, got: Object.keys(row), hint: "Use the file as it is published." });
    }
    return { personas: [sentences(first), sentences(second)], turns: parseTurns(talk, file, index) };
  });
}

function sentences(text: string): readonly string[] { return text.split("\n").map((line) => line.trim()).filter((line) => line !== ""); }

/** "User 1: Hi", as a list item or in stars as some rows have it. */
const MARKED_TURN = /^(?:\* ?)?User ([12]):\*? ?(.*?)(?: \*)?$/;
const RULER = /^[* ]+$/;

/** Lines without a speaker go on with the turn before: recipes and lists. An opening without a speaker is user 1's. */
function parseTurns(text: string, file: string, row: number): readonly Turn[] {
  const turns: { speaker: 1 | 2; text: string }[] = [], lines = text.split("\n").map((line) => line.trim()).filter((line) => !RULER.test(line));
  if (!lines.some((line) => MARKED_TURN.test(line))) {
    throw new DataError({ subject: `a conversation of ${file}`, rule: 'have turns that begin with "User 1:" or "User 2:"', got: text, where: `row ${row}`, hint: "Use the file as it is published." });
  }
  for (const line of lines) {
    const match = MARKED_TURN.exec(line), last = turns.at(-1);
    if (match !== null) turns.push({ speaker: match[1] === "1" ? 1 : 2, text: match[2]! });
    else if (last !== undefined) last.text += `\n${line}`;
    else if (line !== "") turns.push({ speaker: 1, text: line });
  }
  return turns.map(({ speaker, text: said }) => ({ speaker, text: said.trim() }));
}
