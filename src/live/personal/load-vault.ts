/** The vault of a person: made at the first use, opened later. */
import { existsSync, readdirSync } from "node:fs";
import { DEFAULT_COST } from "../../protocol/storage/key-file.js";
import { Vault } from "../../protocol/storage/write-vault.js";

/** Opens a vault. @param logRounds Cost of a guess at the secret. @throws {ProtocolError} wrong-key, or for a damaged vault. */
export function loadVault(folder: string, secret: string, logRounds: number): Vault {
  const cost = { ...DEFAULT_COST, logRounds }, isThere = existsSync(folder) && readdirSync(folder).length > 0;
  return isThere ? Vault.open(folder, secret, 0, cost) : Vault.create(folder, secret, cost);
}

/** A record as text; undefined when there is none. */
export function textOf(vault: Vault, name: string): string | undefined {
  return vault.names.includes(name) ? vault.get(name).toString("utf8") : undefined;
}
