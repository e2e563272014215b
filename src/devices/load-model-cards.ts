/** The shipped model cards. */
import { loadDataset } from "../config/load-dataset.js";
import { nearestName } from "../config/nearest-name.js";
import { ConfigError } from "../core/errors.js";
import { parseModelCards } from "./model-card.js";
import type { ModelCard } from "./model-card.js";

const CARDS_FILE = "models/model-cards.json";
let loadedCards: readonly ModelCard[] | undefined;

/**
 * Cards of datasets/models/model-cards.json, small models first within each kind. Read once.
 *
 * @throws {DataError} when the file is missing or wrong.
 */
export function loadModelCards(): readonly ModelCard[] {
  loadedCards ??= parseModelCards(loadDataset(CARDS_FILE), `datasets/${CARDS_FILE}`);
  return loadedCards;
}

/**
 * Card of a model by name.
 *
 * @throws {ConfigError} naming the nearest known model.
 */
export function findModelCard(name: string): ModelCard {
  const cards = loadModelCards(), card = cards.find((candidate) => candidate.name === name);
  if (card !== undefined) return card;
  const nearest = nearestName(name, cards.map((candidate) => candidate.name));
  throw new ConfigError({
    subject: "model", rule: "be the name of a model card", got: name,
    hint: `${nearest === undefined ? "" : `Did you mean ${nearest}? `}See: plmm models list.`,
  });
}
