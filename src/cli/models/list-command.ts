/** plmm models list: the model cards, the formats of their weights, and the files that can be pulled. */
import type { Argv, CommandModule } from "yargs";
import { loadModelCards } from "../../devices/load-model-cards.js";
import { kvBytesPerToken, type ModelCard, weightBytes } from "../../devices/model-card.js";
import { loadModelFiles } from "../../models/pull/load-model-files.js";

const SHOWN_FORMATS: readonly string[] = ["F16", "Q8_0", "Q4_K_M", "Q4_0"];
const NAME_WIDTH = 30;

interface ListArguments { readonly json: boolean }

/** The subcommand. */
export const listCommand: CommandModule<object, ListArguments> = {
  command: "list",
  describe: "One line per model, and the files that can be pulled",
  builder: (argv: Argv) => argv.option("json", { type: "boolean", default: false, describe: "Print the cards as JSON" }),
  handler: ({ json }) => {
    const cards = loadModelCards();
    console.log(json ? JSON.stringify(cards, undefined, 2) : [...renderCards(cards), "", ...renderFiles()].join("\n"));
  },
};

function renderCards(cards: readonly ModelCard[]): string[] {
  const assumed = cards.filter(({ origin }) => origin === "assumed").map(({ name }) => name);
  const head = `${"name".padEnd(NAME_WIDTH)}${"weights".padStart(9)}${"active".padStart(9)}${"layers".padStart(8)}${"KV kB/token".padStart(13)}`
    + SHOWN_FORMATS.map((format) => `${format} GB`.padStart(12)).join("");
  const rows = cards.map((card) => `${card.name.padEnd(NAME_WIDTH)}${`${(card.parameters / 1e9).toFixed(2)}B`.padStart(9)}${`${(card.activeParameters / 1e9).toFixed(2)}B`.padStart(9)}`
    + `${String(card.layers).padStart(8)}${(kvBytesPerToken(card, 2) / 1000).toFixed(0).padStart(13)}`
    + SHOWN_FORMATS.map((format) => (weightBytes(card, format) / 1e9).toFixed(2).padStart(12)).join(""));
  return [head, ...rows, "", `Formats: ${Object.keys(cards[0]?.quants ?? {}).join(", ")}. Shapes from each model's config.json; KV cache in 16 bits.`,
    `Assumed in part (plmm models list --json says what): ${assumed.join(", ")}.`];
}

function renderFiles(): string[] {
  return ["Files for plmm models pull NAME (any other: plmm models pull https://…):",
    ...loadModelFiles().map(({ name, quant, bytes, licence, url }) => `${name.padEnd(18)}${quant.padEnd(9)}${`${(bytes / 1e9).toFixed(2)} GB`.padEnd(10)}${licence.padEnd(30)}${url}`)];
}
