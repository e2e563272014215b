/** plmm calibrate: this machine measured with the real engines, and how well the fitted cost model predicts what the fit has not seen. */
import { availableParallelism } from "node:os";
import type { CommandModule } from "yargs";
import { HOST_CLOCKS, type HostClock, type HostProfile } from "../../devices/host/host-profile.js";
import { loadHostProfile } from "../../devices/host/load-host-profile.js";
import { calibrateHost } from "../../run/calibrate/calibrate-host.js";
import { fullPlan, quickPlan } from "../../run/calibrate/calibration-plan.js";
import { renderHost } from "../render-host.js";

interface CalibrateFlags { readonly out: string; readonly quick: boolean; readonly clock: HostClock; readonly show?: string; readonly rows: boolean; readonly json: boolean }

const INTERRUPTED = 130;

/** The command. */
export const command: CommandModule = {
  command: "calibrate",
  describe: "Measure this machine with the real engines and predict steps that were not measured; goes on where it was stopped",
  builder: (argv) => argv
    .option("out", { alias: "o", type: "string", default: "out/host-profile.json", requiresArg: true, describe: "File of the profile, written whole at the end; visits are kept beside it until then" })
    .option("quick", { type: "boolean", default: false, describe: "A few small models on one thread, once: shows that it works" })
    .option("clock", { choices: HOST_CLOCKS, default: HOST_CLOCKS[0], describe: "wall: what a user waits; processor: processor time over threads, for a machine that does other work too" })
    .option("show", { type: "string", requiresArg: true, describe: "Print the table of this profile and measure nothing" })
    .option("rows", { type: "boolean", default: false, describe: "Also print each step that was kept out of the fit" })
    .option("json", { type: "boolean", default: false, describe: "Print the profile as JSON" })
    .example("$0 calibrate", "Measures, fits, writes out/host-profile.json and prints the errors.")
    .example("$0 run configs/minimal.yaml -c devices.host.profile=out/host-profile.json", "Phones as fast as this machine."),
  handler: async (args) => {
    const flags = args as unknown as CalibrateFlags, profile = flags.show === undefined ? await calibrate(flags) : loadHostProfile(flags.show, "--show");
    if (profile === undefined) process.exitCode = INTERRUPTED;
    else process.stdout.write(flags.json ? `${JSON.stringify(profile, undefined, 2)}\n` : renderHost(profile, flags.rows));
  },
};

/** SIGINT ends it after the visit in progress; a second one has its usual effect. */
async function calibrate({ out, quick, clock }: CalibrateFlags): Promise<HostProfile | undefined> {
  const stop = new AbortController(), say = (line: string): void => { process.stderr.write(`${line}\n`); };
  const onSignal = (): void => {
    say("stops after this visit; call again to go on");
    stop.abort();
  };
  process.once("SIGINT", onSignal);
  try {
    return await calibrateHost(quick ? quickPlan() : fullPlan(threadCounts(availableParallelism()), availableParallelism()), { out, clock, say, signal: stop.signal });
  } finally {
    process.removeListener("SIGINT", onSignal);
  }
}

/** 1, 2, 4, ... and all processors. */
function threadCounts(processors: number): number[] {
  const powers = Array.from({ length: Math.floor(Math.log2(processors)) + 1 }, (_, power) => 2 ** power);
  return [...new Set([...powers, processors])];
}
