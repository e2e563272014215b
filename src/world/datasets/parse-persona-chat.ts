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

/** Parses the table. @throws {DataError} when columns are missing, or a conversation does not begin with "User 1:" or "User 2:". */
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

/** Lines without a speaker go on with the turn before: recipes and lists. */
function parseTurns(text: string, file: string, row: number): readonly Turn[] {
  const turns: { speaker: 1 | 2; text: string }[] = [];
  for (const line of text.split("\n")) {
    const match = /^User ([12]): ?(.*)$/.exec(line.trim()), last = turns.at(-1);
    if (match !== null) turns.push({ speaker: match[1] === "1" ? 1 : 2, text: match[2]! });
    else if (last !== undefined) last.text += `\n${line}`;
    else if (line.trim() !== "") throw new DataError({ subject: `a conversation of ${file}`, rule: 'begin with "User 1:" or "User 2:"', got: line, where: `row ${row}`, hint: "Use the file as it is published." });
  }
  return turns.map(({ speaker, text: said }) => ({ speaker, text: said.trim() }));
}
