/** What a load on the live system found, for people. */
import type { LoadedSystem } from "../../live/load/load-system.js";
import { METRICS } from "../../metrics/metric-catalogue.js";
import type { TableName } from "../../report/table.js";

const SHOWN: readonly string[] = ["questions", "answered.fraction", "ttft.p50", "ttft.p95", "latency.p95", "tpot.mean", "correct.fraction", "bytes.up", "bytes.down"];
/** Units that go without saying. */
const PLAIN_UNITS: readonly string[] = ["1", "fraction"];
const BYTES_PER_MB = 1e6, LABEL_WIDTH = 28, MORE: TableName = "speed";

/** One line per number with its unit, and where the rest is. @param out The run folder. */
export function renderLoad({ metrics, idle, memory }: LoadedSystem, out: string): string {
  const measured = METRICS.filter(({ name }) => SHOWN.includes(name) && metrics[name] !== undefined).map(({ name, title, unit }) => [PLAIN_UNITS.includes(unit) ? title : `${title} (${unit})`, String(Number(metrics[name]!.toPrecision(4)))]);
  const opened = idle.asked === 0 ? [] : [["Idle clients open", `${idle.answered} of ${idle.asked}`]], total = memory.reduce((sum, { peakBytes }) => sum + peakBytes, 0);
  const held = memory.length === 0 ? [] : [["Peak memory (MB)", `${megabytes(total)}: ${memory.map(({ name, peakBytes }) => `${name} ${megabytes(peakBytes)}`).join(", ")}`]];
  const lines = [...opened, ...measured, ...held].map(([name, value]) => `${name!.padEnd(LABEL_WIDTH)}${value!}\n`);
  return `${lines.join("")}Written to ${out}; see: plmm table ${MORE} --run ${out}\n`;
}

function megabytes(bytes: number): string { return (bytes / BYTES_PER_MB).toFixed(0); }
