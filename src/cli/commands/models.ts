/** plmm models list: the model cards and the formats of their weights. */
import type { CommandModule } from "yargs";
import { loadModelCards } from "../../devices/load-model-cards.js";
import { kvBytesPerToken, weightBytes } from "../../devices/model-card.js";

const SHOWN_FORMATS: readonly string[] = ["F16", "Q8_0", "Q4_K_M", "Q4_0"];

/** The command. */
export const command: CommandModule = {
  command: "models",
  describe: "Model cards: shapes, sizes in each format, memory per token of context",
  builder: (argv) => argv
    .command({
      command: "list", describe: "One line per model",
      builder: (list) => list.option("json", { type: "boolean", default: false, describe: "Print JSON" }) as never,
      handler: (args) => { listModels((args as unknown as { readonly json: boolean }).json); },
    })
    .demandCommand(1, "Give: list.")
    .example("$0 models list", "Models, and their gigabytes in four formats."),
  handler: () => { /* yargs runs the subcommand */ },
};

function listModels(json: boolean): void {
  const cards = loadModelCards();
  if (json) { console.log(JSON.stringify(cards, undefined, 2)); return; }
  console.log(`${"name".padEnd(18)}${"weights".padStart(9)}${"active".padStart(9)}${"layers".padStart(8)}${"KV kB/token".padStart(13)}`
    + `${SHOWN_FORMATS.map((format) => `${format} GB`.padStart(12)).join("")}`);
  for (const card of cards) {
    console.log(`${card.name.padEnd(18)}${`${(card.parameters / 1e9).toFixed(2)}B`.padStart(9)}${`${(card.activeParameters / 1e9).toFixed(2)}B`.padStart(9)}`
      + `${String(card.layers).padStart(8)}${(kvBytesPerToken(card, 2) / 1000).toFixed(0).padStart(13)}`
      + SHOWN_FORMATS.map((format) => (weightBytes(card, format) / 1e9).toFixed(2).padStart(12)).join(""));
  }
  console.log(`\nFormats: ${Object.keys(cards[0]?.quants ?? {}).join(", ")}. Shapes from each model's config.json; KV cache in 16 bits.`);
}
