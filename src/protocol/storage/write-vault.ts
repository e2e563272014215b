/**
 * A vault: a folder with sealed records (the personal store, adapter weights) and one key file. Every change writes new
 * files first and then puts the new key file in the place of the old one, so a crash leaves the state before or after.
 *
 * Forgetting a record deletes its key. What a thief with the user's secret could still read of it are old versions of
 * the key file that the disk itself kept (flash does); only a hardware key store would help there.
 */
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "../../core/errors.js";
import { writeWholeFile } from "../../models/write-whole-file.js";
import { ProtocolError } from "../protocol-error.js";
import { DEFAULT_COST, encodeKeyFile, makeKeys, openKeyFile, wrapMaster, type OpenKeys, type RecordKey, type ScryptCost } from "./key-file.js";
import { openStored, sealStored, STORAGE_KEY_BYTES } from "./sealed-chunks.js";

const KEY_FILE = "vault.keys", RECORD_END = ".sealed", UNFINISHED = ".writing-";

/** An open vault. One process at a time. */
export class Vault {
  private constructor(private readonly folder: string, private keys: OpenKeys, private readonly cost: ScryptCost) {}

  /** Begins a vault. @throws {DataError} when the folder holds one already. */
  static create(folder: string, secret: string, cost: ScryptCost = DEFAULT_COST): Vault {
    if (existsSync(join(folder, KEY_FILE))) throw new DataError({ subject: folder, rule: "hold no vault yet", got: KEY_FILE, hint: "Open it, or choose another folder." });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const vault = new Vault(folder, makeKeys(secret, cost), cost);
    vault.writeKeys(vault.keys);
    return vault;
  }

  /**
   * Opens a vault and clears away what a crash left half done. Nothing is touched when it does not open.
   *
   * @param leastGeneration Newest generation that the caller remembers elsewhere.
   * @throws {DataError} when there is none; {ProtocolError} as `openKeyFile`.
   */
  static open(folder: string, secret: string, leastGeneration = 0, cost: ScryptCost = DEFAULT_COST): Vault {
    const path = join(folder, KEY_FILE);
    if (!existsSync(path)) throw new DataError({ subject: folder, rule: "hold a vault", got: "no key file", hint: "Create one, or choose another folder." });
    const vault = new Vault(folder, openKeyFile(secret, readFileSync(path), leastGeneration), cost);
    vault.removeLeftovers();
    return vault;
  }

  /** Version of the vault; rises with every change. */
  get generation(): number { return this.keys.table.generation; }

  /** Names of the records, in the order in which they were written. */
  get names(): readonly string[] { return this.keys.table.records.map(({ name }) => name); }

  /** Writes a record, new or in place of the old one. */
  put(name: string, plaintext: Uint8Array): void {
    const record = this.writeRecord(name, plaintext);
    this.replaceRecords([...this.keys.table.records.filter((each) => each.name !== name), record]);
  }

  /** Reads a record. @throws {ProtocolError} truncated or forged; {DataError} when there is none, or its file is gone. */
  get(name: string): Buffer {
    const record = this.findRecord(name), path = this.pathOf(record);
    if (!existsSync(path)) throw new DataError({ subject: `record ${name}`, rule: "have its file in the vault", got: "no file", where: path, hint: "Bring it back from a copy." });
    return openStored(record.key, name, readFileSync(path));
  }

  /** Forgets a record: deletes its key for good, then its file. The rest stays as it is. @throws {DataError} when there is none. */
  forget(name: string): void {
    const { key } = this.findRecord(name);
    this.replaceRecords(this.keys.table.records.filter((each) => each.name !== name));
    key.fill(0);
  }

  /** Seals everything anew: another master key, another key for every record. @throws {ProtocolError} when a record does not open; nothing is changed then. */
  rotate(secret: string): void {
    this.requireSecret(secret);
    const records = this.keys.table.records.map(({ name }) => this.writeRecord(name, this.get(name))), master = randomBytes(STORAGE_KEY_BYTES);
    this.replaceRecords(records, { head: wrapMaster(secret, this.cost, master), master });
  }

  /** Changes the user's secret; also the way to another cost. @throws {ProtocolError} wrong-key, when `current` is another. */
  changeSecret(current: string, next: string): void {
    this.requireSecret(current);
    this.replaceRecords(this.keys.table.records, { head: wrapMaster(next, this.cost, this.keys.master), master: this.keys.master });
  }

  /** Clears the keys from memory; the vault is of no use afterwards. */
  close(): void {
    for (const key of [this.keys.master, ...this.keys.table.records.map((record) => record.key)]) key.fill(0);
  }

  private requireSecret(secret: string): void {
    openKeyFile(secret, readFileSync(join(this.folder, KEY_FILE)), this.generation).master.fill(0);
  }

  private findRecord(name: string): RecordKey {
    const record = this.keys.table.records.find((each) => each.name === name);
    if (record === undefined) throw new DataError({ subject: `record ${name}`, rule: "be in the vault", got: "no such record", hint: "It was never written, or was forgotten." });
    return record;
  }

  private writeRecord(name: string, plaintext: Uint8Array): RecordKey {
    const record = { name, key: randomBytes(STORAGE_KEY_BYTES), file: randomBytes(16).toString("hex") };
    writeBytes(this.pathOf(record), sealStored(record.key, name, plaintext));
    return record;
  }

  /** Puts the next key file in place, then deletes the files it no longer names. */
  private replaceRecords(records: readonly RecordKey[], { head, master }: Pick<OpenKeys, "head" | "master"> = this.keys): void {
    const next = { head, master, table: { generation: this.generation + 1, records } }, kept = new Set(records.map(({ file }) => file));
    this.writeKeys(next);
    for (const old of this.keys.table.records) if (!kept.has(old.file)) rmSync(this.pathOf(old), { force: true });
    this.keys = next;
  }

  private writeKeys(keys: OpenKeys): void {
    writeBytes(join(this.folder, KEY_FILE), encodeKeyFile(keys));
    syncFolder(this.folder);
  }

  private removeLeftovers(): void {
    const known = new Set(this.keys.table.records.map(({ file }) => file + RECORD_END));
    for (const name of readdirSync(this.folder)) {
      if (name.startsWith(UNFINISHED) || (name.endsWith(RECORD_END) && !known.has(name))) rmSync(join(this.folder, name), { force: true });
    }
  }

  private pathOf({ file }: RecordKey): string { return join(this.folder, file + RECORD_END); }
}

/** Tells whether an error says that a secret was wrong. */
export function isWrongSecret(error: unknown): boolean { return error instanceof ProtocolError && error.reason === "wrong-key"; }

function writeBytes(path: string, bytes: Buffer): void { writeWholeFile(path, bytes.length, (writeAt) => { writeAt(bytes, 0); }); }

/** Makes renames in a folder last through a power cut. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  fsyncSync(handle);
  closeSync(handle);
}
