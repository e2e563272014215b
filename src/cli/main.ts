#!/usr/bin/env node
/** Entry of the plmm command. */
import { runCli } from "./run-cli.js";

// A reader that stops early (plmm config show | head) is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => { process.exit(error.code === "EPIPE" ? 0 : 1); });

await runCli(process.argv.slice(2));
