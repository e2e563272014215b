/** A host profile as tables for people. */
import type { HostProfile } from "../devices/host/host-profile.js";
import { scoreHost, summarizeHost } from "../devices/host/score-host.js";
import { renderHostErrors, renderHostSteps } from "../run/render-host.js";

/** Errors on steps that the fit has not seen, then on those it was fitted to. `withRows` lists each of the former. */
export function renderHost(profile: HostProfile, withRows: boolean): string {
  const scored = scoreHost(profile), heldOut = scored.filter(({ isHeldOut }) => isHeldOut), grid = scored.filter(({ isHeldOut }) => !isHeldOut);
  const { provenance: { cpu, cpuCount, node }, runtimes, clock } = profile, engines = Object.values(runtimes).join(", ");
  return [
    `${cpuCount} x ${cpu}, Node ${node}, ${engines}; ${clock === "wall" ? "time on the clock" : "processor time over threads"}`,
    "", "Predicted, not seen by the fit: other shapes, lengths and numbers of sequences than in the grid", renderHostErrors(summarizeHost(heldOut), "text"),
    ...(withRows ? [renderHostSteps(heldOut, "text")] : []),
    "The grid it was fitted to", renderHostErrors(summarizeHost(grid).slice(0, 1), "text"),
  ].join("\n");
}
