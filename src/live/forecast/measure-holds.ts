/** For how long writing to disk holds up the process that writes: the store of P and the journal of the ledger, written as they write. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { quantile } from "../../core/statistics.js";
import { openJournal } from "../../protocol/write-journal.js";
import { measureWork } from "../../run/measure-work.js";
import { loadVault } from "../personal/load-vault.js";

const TIMES = 60;
/** A purse with its tokens, and an entry of the journal. Bytes. */
const PURSE_BYTES = 8000, ENTRY_BYTES = 200;
const LOG_ROUNDS = 4;

/** Waits without work, at the median. Seconds. @param folder On the disk that the live system uses. */
export async function measureHolds(folder: string): Promise<{ readonly storeHoldS: number; readonly journalHoldS: number }> {
  const scratch = mkdtempSync(join(folder, "holds-")), vault = loadVault(join(scratch, "vault"), "secret", LOG_ROUNDS), journal = openJournal(join(scratch, "journal"), (value) => value);
  try {
    return {
      storeHoldS: await holdOf(() => { vault.put("purse", randomBytes(PURSE_BYTES)); }),
      journalHoldS: await holdOf(() => { journal.append({ text: "x".repeat(ENTRY_BYTES) }); }),
    };
  } finally {
    journal.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function holdOf(write: () => void): Promise<number> {
  const holds: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    const { effort: { wallS, cpuS } } = await measureWork(write);
    holds.push(Math.max(0, wallS - cpuS));
  }
  return quantile(holds.sort((a, b) => a - b), 0.5);
}
