import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DataError } from "../../core/errors.js";
import { ProtocolError } from "../protocol-error.js";
import { openStored } from "./sealed-chunks.js";
import { isWrongSecret, Vault } from "./write-vault.js";

const COST = { logRounds: 8, blockSize: 8, parallel: 1 }, SECRET = "correct horse", root = mkdtempSync(join(tmpdir(), "plmm-vault-"));
afterAll(() => { rmSync(root, { recursive: true }); });

let count = 0;
function makeVault(): { vault: Vault; folder: string } {
  const folder = join(root, String(count++)), vault = Vault.create(folder, SECRET, COST);
  vault.put("notes", Buffer.from("insulin, twice a day"));
  vault.put("adapter/lora-1", Buffer.alloc(200_000, 3));
  return { vault, folder };
}
const reopen = (folder: string, secret = SECRET, least = 0): Vault => Vault.open(folder, secret, least, COST);
/** Every file of a folder with its bytes. */
const photograph = (folder: string): [string, string][] => readdirSync(folder).sort().map((name) => [name, readFileSync(join(folder, name)).toString("hex")]);
const reasonOf = (act: () => unknown): string => {
  try { act(); } catch (error) { if (error instanceof ProtocolError) return error.reason; throw error; }
  return "accepted";
};

describe("a vault", () => {
  it("gives back records after it is opened again, and shows neither content nor names on disk", () => {
    const { vault, folder } = makeVault();
    vault.put("notes", Buffer.from("insulin, three times a day"));
    const again = reopen(folder);
    expect(again.names).toEqual(["adapter/lora-1", "notes"]);
    expect(again.get("notes").toString()).toBe("insulin, three times a day");
    expect(again.get("adapter/lora-1").equals(Buffer.alloc(200_000, 3))).toBe(true);
    const disk = photograph(folder).flatMap(([name, hex]) => [name, Buffer.from(hex, "hex").toString("latin1")]).join("\n");
    expect(disk).not.toMatch(/insulin|notes|adapter|lora/);
    expect(photograph(folder).length).toBe(3);
    again.close();
    expect(reasonOf(() => again.get("notes"))).toBe("forged");
  });

  it("refuses a wrong secret and leaves every byte as it is", () => {
    const { folder } = makeVault(), before = photograph(folder);
    expect(reasonOf(() => reopen(folder, "correct house"))).toBe("wrong-key");
    expect(photograph(folder)).toEqual(before);
    try { reopen(folder, ""); } catch (error) { expect(isWrongSecret(error)).toBe(true); }
    expect(() => Vault.create(folder, SECRET, COST)).toThrowError(DataError);
    expect(() => reopen(join(root, "none"))).toThrowError(DataError);
    expect(photograph(folder)).toEqual(before);
  });

  it("refuses a key file or record that was cut, changed, exchanged or put back, with nothing overwritten", () => {
    const { vault, folder } = makeVault(), keyFile = join(folder, "vault.keys"), keys = readFileSync(keyFile);
    for (let at = 0; at < keys.length; at += 3) {
      const copy = Buffer.from(keys);
      copy[at]! ^= 0x40;
      writeFileSync(keyFile, copy);
      expect(reasonOf(() => reopen(folder))).toMatch(/malformed|wrong-key|forged/);
      writeFileSync(keyFile, keys.subarray(0, at));
      expect(reasonOf(() => reopen(folder))).toMatch(/truncated|forged/);
      expect(readFileSync(keyFile)).toEqual(keys.subarray(0, at));
    }
    writeFileSync(keyFile, keys);
    const [small, large] = readdirSync(folder).filter((name) => name.endsWith(".sealed")).map((name) => join(folder, name)).sort((a, b) => readFileSync(a).length - readFileSync(b).length) as [string, string];
    const bytes = readFileSync(small);
    writeFileSync(small, bytes.subarray(0, bytes.length - 1));
    expect(reasonOf(() => reopen(folder).get("notes"))).toBe("forged");
    writeFileSync(small, readFileSync(large));
    expect(reasonOf(() => reopen(folder).get("notes"))).toBe("forged");
    expect(reopen(folder).get("adapter/lora-1").length).toBe(200_000);
    rmSync(small);
    expect(() => reopen(folder).get("notes")).toThrowError(DataError);
    writeFileSync(small, bytes);
    vault.put("more", Buffer.from("x"));
    writeFileSync(keyFile, keys);
    expect(reasonOf(() => reopen(folder, SECRET, vault.generation))).toBe("rolled-back");
  });

  it("forgets one record for good, and the rest stays readable", () => {
    const { vault, folder } = makeVault(), copy = join(root, `copy-${count++}`);
    cpSync(folder, copy, { recursive: true });
    vault.forget("notes");
    expect(() => vault.get("notes")).toThrowError(DataError);
    const again = reopen(folder);
    expect([again.names, again.get("adapter/lora-1").length]).toEqual([["adapter/lora-1"], 200_000]);
    // The sealed file itself may live on in a backup: no key of the vault opens it any more.
    const kept = readdirSync(copy).filter((name) => name.endsWith(".sealed") && !existsSync(join(folder, name)));
    expect(kept.length).toBe(1);
    const { keys } = again as unknown as { keys: { master: Buffer; table: { records: { key: Buffer }[] } } };
    for (const key of [keys.master, ...keys.table.records.map((record) => record.key)]) expect(reasonOf(() => openStored(key, "notes", readFileSync(join(copy, kept[0]!))))).toBe("forged");
  });

  it("changes its secret, and rotates every key", () => {
    const { vault, folder } = makeVault(), before = new Set(readdirSync(folder));
    expect(reasonOf(() => { vault.changeSecret("wrong", "new"); })).toBe("wrong-key");
    vault.changeSecret(SECRET, "new");
    expect(reasonOf(() => reopen(folder))).toBe("wrong-key");
    const again = reopen(folder, "new");
    expect(reasonOf(() => { again.rotate(SECRET); })).toBe("wrong-key");
    again.rotate("new");
    expect(readdirSync(folder).filter((name) => before.has(name))).toEqual(["vault.keys"]);
    expect(reopen(folder, "new").get("notes").toString()).toBe("insulin, twice a day");
  });
});

it("is whole after kill -9 at any moment: each record is one of its versions, and no half file stays", async () => {
  const folder = join(root, "killed"), built = join(import.meta.dirname, "../../../dist/src/protocol/storage/write-vault.js");
  const isBuilt = existsSync(built);
  // The child runs the build, as users do.
  expect(isBuilt, "run npm run build first").toBe(true);
  Vault.create(folder, SECRET, COST).put("counter", Buffer.from("0"));
  const program = `import { Vault } from ${JSON.stringify(built)};
    const vault = Vault.open(${JSON.stringify(folder)}, ${JSON.stringify(SECRET)}, 0, ${JSON.stringify(COST)});
    for (let turn = 1; ; turn++) {
      vault.put("counter", Buffer.alloc(200_000, String(turn % 10)));
      if (turn % 3 === 0) vault.rotate(${JSON.stringify(SECRET)});
      if (turn === 1) process.stdout.write("running");
    }`;
  for (let round = 0; round < 4; round++) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    await new Promise((resolve) => { setTimeout(resolve, 17 + 31 * round); });
    child.kill("SIGKILL");
    await once(child, "close");
    const vault = reopen(folder), content = vault.get("counter");
    expect(content.length).toBe(200_000);
    expect(content.every((byte) => byte === content[0])).toBe(true);
    expect(readdirSync(folder).length).toBe(2);
  }
});
