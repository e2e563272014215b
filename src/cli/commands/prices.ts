/** plmm prices: the shipped price books. */
import type { Argv, CommandModule } from "yargs";
import { loadPriceBook, PRICE_BOOKS } from "../../economics/load-price-book.js";
import { usdFromNano } from "../../economics/money.js";
import type { PriceBook } from "../../economics/price-book.js";

/** The prices command. */
export const command: CommandModule = {
  command: "prices [book]",
  describe: "Show a dated price book with its sources",
  builder: (parser: Argv) => parser
    .positional("book", { type: "string", default: PRICE_BOOKS[0], describe: `Date of the book: ${PRICE_BOOKS.join(", ")}` })
    .option("json", { type: "boolean", default: false, describe: "JSON instead of text" }),
  handler: (args) => {
    const book = loadPriceBook(args["book"] as string);
    process.stdout.write(args["json"] === true ? renderJson(book) : renderText(book));
  },
};

function renderJson(book: PriceBook): string {
  return `${JSON.stringify(book, (_key, value: unknown) => (typeof value === "bigint" ? Number(value) : value), 2)}\n`;
}

function renderText({ name, date, note, models, electricity }: PriceBook): string {
  const rows = [
    ["model", "input", "cached", "output", "date", "origin", "source"],
    ...models.map((model) => [
      model.name, String(model.inputUsdPerMillionTokens), model.cachedUsdPerMillionTokens === undefined ? "-" : String(model.cachedUsdPerMillionTokens),
      String(model.outputUsdPerMillionTokens), model.date, model.origin, model.source,
    ]),
  ];
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  const lines = rows.map((row) => row.map((text, c) => (c >= 1 && c <= 3 ? text.padStart(widths[c]!) : text.padEnd(widths[c]!))).join("  ").trimEnd());
  return [
    `Price book ${name}, list prices of ${date}, USD per million tokens`, note, "", ...lines, "",
    ...electricity.map((entry) => `electricity ${entry.name}: ${usdFromNano(entry.nanoUsdPerKwh)} USD per kWh, ${entry.date}, ${entry.origin}, ${entry.source}`), "",
  ].join("\n");
}
