/** Public model files by name: where they are, and what they must be. */
import { z } from "zod";
import { loadDataset } from "../../config/load-dataset.js";
import { nearestName } from "../../config/nearest-name.js";
import { ConfigError, DataError } from "../../core/errors.js";

/** A public file. */
export interface ModelFile {
  readonly name: string;
  /** Its model card, when there is one. */
  readonly card?: string | undefined;
  readonly quant: string;
  readonly url: string;
  /** In lower case; absent for an address that is not listed. */
  readonly sha256?: string;
  readonly licence: string;
}

/** A file of the list, with what it must be. */
export interface ListedFile extends ModelFile { readonly bytes: number; readonly sha256: string }

const LIST = "models/model-files.json";
const listSchema = z.strictObject({
  about: z.string(),
  files: z.array(z.strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/), card: z.string().optional(), quant: z.string(), url: z.url({ protocol: /^https$/ }),
    bytes: z.int().positive(), sha256: z.string().regex(/^[0-9a-f]{64}$/), licence: z.string().min(1),
  })),
});

/** Files of datasets/models/model-files.json. @throws {DataError} when it is wrong. */
export function loadModelFiles(): readonly ListedFile[] {
  const parsed = listSchema.safeParse(loadDataset(LIST));
  if (parsed.success) return parsed.data.files;
  const [issue] = parsed.error.issues;
  throw new DataError({ subject: issue!.path.join("."), rule: "be a field of a model file", got: issue!.message, where: `datasets/${LIST}`, hint: "Compare with the entries beside it." });
}

/**
 * A file by name, or by address for any other.
 *
 * @throws {ConfigError} for a name that is not listed.
 */
export function findModelFile(nameOrUrl: string): ModelFile {
  if (/^https?:\/\//.test(nameOrUrl)) return { name: fileNameOf(nameOrUrl), quant: "as named", url: nameOrUrl, licence: "as its publisher says" };
  const files = loadModelFiles(), found = files.find(({ name }) => name === nameOrUrl);
  if (found !== undefined) return found;
  const names = files.map(({ name }) => name), nearest = nearestName(nameOrUrl, names);
  throw new ConfigError({ subject: "a model to pull", rule: `be an address or one of ${names.join(", ")}`, got: nameOrUrl, hint: nearest === undefined ? "See: plmm models list" : `Did you mean ${nearest}?` });
}

/** Last part of an address. */
export function fileNameOf(url: string): string { return decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "") || "model.gguf"; }
