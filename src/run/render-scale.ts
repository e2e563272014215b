/** Rows of the scale experiment as a table and as a figure. */
import { renderSvg } from "../report/render-figure.js";
import { makeScale } from "../report/figures/scale.js";
import { LIGHT_THEME } from "../report/theme.js";
import { BugError } from "../core/errors.js";
import type { FleetRow } from "./measure-fleet.js";

/** Markdown table and SVG figure of fleet runs. */
export async function renderScale(rows: readonly FleetRow[]): Promise<{ table: string; svg: string }> {
  const figure = makeScale(rows, LIGHT_THEME);
  if (figure === undefined) throw new BugError({ subject: "rows of the scale figure", rule: "not be empty", got: rows.length, hint: "This is a bug in src/, not in your scenario." });
  return { table: renderFleetRows(rows), svg: await renderSvg(figure) };
}

/** The rows as a Markdown table. */
export function renderFleetRows(rows: readonly FleetRow[]): string {
  const header = ["clients", "threads", "runs", "questions", "events", "set-up s", "wall s", "CPU s", "M events/s", "busy", "ns CPU/event", "peak RSS MB", "bytes/idle client", "records sha256"];
  const lines = rows.map((row) => [
    row.clients, row.threads, row.runs, row.questions, row.events, row.setUpS.toFixed(2), row.wallS.toFixed(2), row.cpuS.toFixed(2), (row.eventsPerS / 1e6).toFixed(2),
    row.busyFraction.toFixed(2), row.nsPerEvent.toFixed(0), (row.rssBytes / 1e6).toFixed(0), row.bytesPerIdleClient.toFixed(0), row.recordsSha256.slice(0, 12),
  ]);
  return [header, header.map(() => "---:"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
