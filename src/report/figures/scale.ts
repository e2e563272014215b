/** How the simulator itself grows with the fleet: events per second and peak memory against clients, one line per number of threads. */
import { PLOT_WIDTH, type Figure } from "../figure.js";
import { formatShort } from "../format-number.js";
import type { Theme } from "../theme.js";
import { logTicks, paddedLogDomain, PLAIN_NUMBER } from "./scales.js";

/** One run of the scale experiment. */
export interface ScaleRow {
  readonly clients: number;
  readonly threads: number;
  readonly wallS: number;
  readonly eventsPerS: number;
  readonly rssBytes: number;
}

const PANEL_HEIGHT = 220;
const BYTES_PER_GB = 1e9;

/** Draws the two panels; undefined without rows. */
export function makeScale(rows: readonly ScaleRow[], theme: Theme): Figure | undefined {
  if (rows.length === 0) return undefined;
  const most = rows.reduce((a, b) => b.clients > a.clients || (b.clients === a.clients && b.wallS < a.wallS) ? b : a);
  const threads = [...new Set(rows.map((row) => row.threads))].sort((a, b) => a - b).map(String);
  const values = rows.map((row) => ({ ...row, threads: String(row.threads), rssGb: row.rssBytes / BYTES_PER_GB, eventsMillionPerS: row.eventsPerS / 1e6 }));
  const clients = paddedLogDomain(rows.map((row) => row.clients), 1.25);
  const x = (isLast: boolean): object => ({
    field: "clients", type: "quantitative", title: isLast ? "Clients (log scale)" : null, scale: { type: "log", domain: clients, nice: false }, axis: { values: logTicks(clients), format: "~s" },
  });
  const memory = paddedLogDomain(values.map(({ rssGb }) => rssGb), 1.3);
  const panel = (field: string, title: string, isLast: boolean, scale: object, axis: object): object => ({
    width: PLOT_WIDTH, height: PANEL_HEIGHT,
    mark: { type: "line", strokeWidth: 2.2, point: { filled: true, size: 70 } },
    encoding: {
      x: x(isLast), y: { field, type: "quantitative", title, scale, axis: { ...axis, format: PLAIN_NUMBER } },
      color: { field: "threads", type: "nominal", sort: threads, scale: { domain: threads, range: threads.map((_, slot) => theme.series[slot % theme.series.length]) }, legend: { title: "Threads", orient: "right", symbolType: "circle" } },
      tooltip: [{ field: "clients", format: ",d" }, { field: "threads" }, { field: "wallS", format: ".1f", title: "wall time (s)" }, { field: "eventsPerS", format: ",.0f", title: "events per second" }, { field: "rssGb", format: ".2f", title: "peak memory (GB)" }],
    },
  });
  return {
    name: "scale", theme,
    title: `${formatShort(most.clients)} clients take ${formatShort(most.wallS)} s and ${formatShort(most.rssBytes / BYTES_PER_GB)} GB with ${most.threads} thread${most.threads === 1 ? "" : "s"}`,
    subtitle: "A flat line above means that the cost of an event does not grow with the fleet.",
    caption: "Measured on the machine named in the run's provenance. Peak memory: resident set of the whole process.",
    altText: rows.map((row) => `${formatShort(row.clients)} clients, ${row.threads} threads: ${formatShort(row.wallS)} s, ${formatShort(row.eventsPerS)} events per second, ${formatShort(row.rssBytes / BYTES_PER_GB)} GB`).join("; "),
    view: {
      data: { values }, spacing: 24,
      vconcat: [
        panel("eventsMillionPerS", "Million events per second", false, { zero: true }, { tickCount: 5 }),
        panel("rssGb", "Peak memory (GB, log scale)", true, { type: "log", domain: memory, nice: false }, { values: logTicks(memory) }),
      ],
    },
  };
}
