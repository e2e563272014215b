import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../config/load-dataset.js";
import { loadStudy } from "../config/load-study.js";
import { expandStudy } from "../config/plan.js";
import { BugError, ConfigError, DataError, type ErrorParts, LimitError, type PlmmError, ShapeError } from "../core/errors.js";
import { captureErrors, openOutcome, runJob } from "./error-transfer.js";
import { loadCellInputs } from "./load-cell-inputs.js";
import { allocateControl } from "./participate.js";
import { simulateThreaded } from "./simulate-fleet.js";
import { startPool } from "./worker-pool.js";

const PARTS: ErrorParts = { subject: "a key", rule: "be small", got: [1, { two: "2" }], where: "x.yaml:3", hint: "Make it small." };

/** An error as it arrives on the other side of a thread's border. */
function carried(error: unknown): unknown {
  try {
    return openOutcome(structuredClone(captureErrors(() => { throw error; })));
  } catch (arrived) {
    return arrived;
  }
}

describe("an error that crosses threads", () => {
  it.each([ConfigError, DataError, ShapeError, LimitError, BugError])("keeps its class, parts, message, exit code and stack: %o", (Class) => {
    const error = new Class(PARTS), arrived = carried(error) as PlmmError;
    expect(arrived).toBeInstanceOf(Class);
    expect(arrived).not.toBe(error);
    const { subject, rule, got, where, hint, message, name, exitCode, stack } = error;
    expect({ ...arrived, message: arrived.message, name: arrived.name, stack: arrived.stack }).toEqual({ subject, rule, got, where, hint, message, name, exitCode, stack });
  });

  it("keeps the words of its cause, and of a value that cannot cross", () => {
    const arrived = carried(new DataError({ ...PARTS, got: () => 1, cause: new TypeError("no file") })) as DataError;
    expect(arrived).toBeInstanceOf(DataError);
    expect([(arrived.cause as Error).message]).toEqual(["no file"]);
    expect(arrived.got).toBe("function");
  });

  it("is thrown on as it is when plmm did not raise it", () => {
    const bug = new RangeError("beyond");
    expect(() => captureErrors(() => { throw bug; })).toThrow(bug);
    expect(openOutcome(captureErrors(() => 7))).toBe(7);
  });
});

const isBuilt = existsSync(join(packageRoot(), "dist", "src", "run", "worker-cell.js"));
if (!isBuilt) process.stderr.write("Errors of real threads are not tested: dist/ is not there. Run: npm run build\n");

describe.skipIf(!isBuilt)("an error of a thread of the pool", () => {
  let pool: ReturnType<typeof startPool>;
  beforeAll(() => { pool = startPool(2); });
  afterAll(async () => { await pool.destroy(); });

  const cellOf = (...overrides: string[]): ReturnType<typeof expandStudy>[number] =>
    expandStudy(loadStudy(join(packageRoot(), "configs", "minimal.yaml"), { overrides: [...overrides] }))[0]!;

  it("is a ConfigError when the cell names a price that the book does not have", async () => {
    const task = { cell: cellOf("prices.expertPrice=nobody"), cellKey: "0".repeat(64), out: "unused", control: allocateControl() };
    const failed = await runJob(pool, { kind: "cell", task }).catch((error: unknown) => error) as ConfigError;
    expect(failed).toBeInstanceOf(ConfigError);
    expect([failed.exitCode, failed.got, failed.hint.length > 0]).toEqual([2, "nobody", true]);
  });

  it("is a LimitError when a part of a run on two threads hits a limit", async () => {
    const cell = cellOf("simulation.limits.maxEvents=600");
    const failed = await simulateThreaded(cell, loadCellInputs(cell.scenario), { threads: 2, pool }).catch((error: unknown) => error) as LimitError;
    expect(failed).toBeInstanceOf(LimitError);
    expect([failed.exitCode, failed.subject, failed.rule]).toEqual([4, "the run", "finish within 600 events"]);
    expect(failed.where).toMatch(/^t = [0-9.]+ s/);
  });
});
