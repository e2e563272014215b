/** Files of a family of models: a folder for each member, as `plmm train` leaves them. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../config/load-dataset.js";
import { DataError } from "../core/errors.js";

/** Files of a member. */
export const FAMILY_FILES = { gguf: "model-f16.gguf", onnx: "model.onnx", record: "model.json" } as const;

/** Folder of the family that ships with the package. */
export function familyFolder(): string { return join(packageRoot(), "datasets", "family"); }

/** Names of the finished members of a family, sorted. */
export function listFamily(folder: string = familyFolder()): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, FAMILY_FILES.record))).sort();
}

/**
 * Path of a file of a member.
 *
 * @throws {DataError} when the family lacks it.
 */
export function findFamilyFile(member: string, file: keyof typeof FAMILY_FILES, folder: string = familyFolder()): string {
  const path = join(folder, member, FAMILY_FILES[file]), members = listFamily(folder);
  if (existsSync(path)) return path;
  throw new DataError({
    subject: `member ${member} of the family`, rule: `have a file ${FAMILY_FILES[file]}`, got: members.length === 0 ? "no finished member" : `members ${members.join(", ")}`, where: folder,
    hint: `Train it: plmm train configs/family.yaml --only ${member} --out ${folder}`,
  });
}
