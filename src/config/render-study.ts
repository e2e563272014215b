/** A normalised study as YAML that loads to the same study. */
import { stringify } from "yaml";
import type { Study } from "./scenario-schema.js";

/** The effective config, every key written out, in base units. */
export function renderStudy(study: Study): string {
  return stringify(study, { lineWidth: 140, aliasDuplicateObjects: false });
}
