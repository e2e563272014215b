/**
 * The closed P-E workload on our kernel beside other simulators, on this machine, in one table: model events per second
 * of processor time, and the mean latency that each found next to what theory says.
 *
 * Usage: node dist/scripts/compare-des.js [--json] [--sizes 10000,100000] [--client-seconds 500000]
 * Peers simulate fewer client-seconds than our 2,000,000, so that the slow ones end within a minute.
 */
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { ConfigError } from "../src/core/errors.js";
import type { BenchRow } from "../src/run/bench-row.js";
import { CLOSED_NETWORK, expectedClosedNetworkLatency, serversOfClosedNetwork } from "../src/run/closed-network-workload.js";
import { measureClosedNetwork } from "../src/run/measure-closed-network.js";
import { runClosedAlone } from "../src/run/participate-closed.js";
import { measureWork, speedOf } from "../src/run/measure-work.js";
import { isStarted } from "./source-tree.js";

const US_PER_S = 1e6;
/** Clients of the run that lets the engine compile before anything is measured. */
const WARM_UP_CLIENTS = 20_000;

/** A simulator that is run as a process of its own. */
interface Peer {
  readonly name: string;
  /** Commands that may run it; the first that works is taken. */
  readonly commands: readonly (readonly string[])[];
  /** Command that exits with 0 when the engine is there, after the interpreter. */
  readonly probe: readonly string[];
  /** Path from the project's root. */
  readonly script: string;
  readonly install: string;
}

const PEERS: readonly Peer[] = [
  {
    name: "SimPy", script: "scripts/peers/simpy-pe.py", probe: ["-c", "import simpy"],
    commands: [[process.env["PYTHON"] ?? "python3"], ["/usr/bin/python3"]],
    // In Debian 12 python3-simpy is the old SimPy 2, which has another interface.
    install: "apt-get install -y python3-simpy3 (Debian 12) or python3-simpy (later ones), or python3 -m pip install simpy",
  },
  {
    name: "simjs", script: "scripts/peers/simjs-pe.cjs", probe: ["-e", "require.resolve('simjs')"],
    commands: [[process.execPath]], install: "npm ci",
  },
];

/** What a peer prints. */
const PEER_OUTPUT = z.strictObject({
  engine: z.string(), events: z.number().positive(), cpuS: z.number().positive(), wallS: z.number().positive(),
  meanLatencyS: z.number().positive(),
});

/** The workload as peers read it. Times in seconds. */
function peerInput(clients: number, clientSeconds: number): string {
  const seconds = (us: number): number => us / US_PER_S;
  return JSON.stringify({
    clients, servers: serversOfClosedNetwork(clients), horizonS: clientSeconds / clients, expertFraction: CLOSED_NETWORK.expertFraction,
    deviceServiceS: CLOSED_NETWORK.deviceServiceUs.map(seconds), thinkMeanS: seconds(CLOSED_NETWORK.thinkMeanUs),
    linkDelayS: seconds(CLOSED_NETWORK.linkDelayUs), linkJitterMeanS: seconds(CLOSED_NETWORK.linkJitterMeanUs),
    expertServiceMeanS: seconds(CLOSED_NETWORK.expertServiceMeanUs),
  });
}

/** The command that runs a peer here, or undefined when the peer is not installed. */
function findCommand(peer: Peer): readonly string[] | undefined {
  return peer.commands.find(([program, ...words]) => {
    try {
      execFileSync(program!, [...words, ...peer.probe], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

function runPeer(peer: Peer, command: readonly string[], clients: number, clientSeconds: number): BenchRow {
  const [program, ...words] = command;
  const output = execFileSync(program!, [...words, resolve(peer.script)], { input: peerInput(clients, clientSeconds), encoding: "utf8" });
  const found = PEER_OUTPUT.parse(JSON.parse(output));
  return {
    bench: "closed-network", variant: found.engine, size: clients, threads: 1, ...speedOf(found.events, found),
    meanLatencyS: found.meanLatencyS, expectedLatencyS: expectedClosedNetworkLatency(clients),
  };
}

/** Runs all peers that are installed, and says on stderr how to install the others. */
function measurePeers(sizes: readonly number[], clientSeconds: number): BenchRow[] {
  return PEERS.flatMap((peer) => {
    const command = findCommand(peer);
    if (command === undefined) {
      process.stderr.write(`${peer.name} is not installed and is left out. Install: ${peer.install}\n`);
      return [];
    }
    return sizes.map((clients) => runPeer(peer, command, clients, clientSeconds));
  });
}

/** Measures our window engine on the calling thread. */
async function measureWindows(sizes: readonly number[]): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  runClosedAlone(WARM_UP_CLIENTS);
  for (const clients of sizes) {
    const { result, effort } = await measureWork(() => runClosedAlone(clients));
    rows.push({
      bench: "closed-network", variant: "plmm-lab windows", size: clients, threads: 1, ...speedOf(result.events, effort),
      meanLatencyS: result.latencyUs / result.requests / US_PER_S, expectedLatencyS: expectedClosedNetworkLatency(clients),
    });
  }
  return rows;
}

const HEADER = [
  "engine", "clients", "threads", "events (M)", "M events per CPU-second", "ns per event", "mean latency (ms)", "in theory (ms)",
];

/** Rows as a Markdown table. */
export function renderComparison(rows: readonly BenchRow[]): string {
  const lines = rows.map((row) => [
    row.variant, row.size.toLocaleString("en-US"), row.threads, (row.events / 1e6).toFixed(2), (row.eventsPerCpuS / 1e6).toFixed(2),
    row.nsPerEvent.toFixed(0), ((row.meanLatencyS ?? NaN) * 1e3).toFixed(1), ((row.expectedLatencyS ?? NaN) * 1e3).toFixed(1),
  ]);
  const rule = HEADER.map((_, column) => (column === 0 ? "---" : "---:"));
  return [HEADER, rule, ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function parseCount(flag: string, text: string): number {
  const value = Number(text);
  if (value >= 1 && value <= 1e8) return value;
  throw new ConfigError({
    subject: flag, rule: "be numbers from 1 to 100,000,000", got: text, hint: "Example: --sizes 10000,100000 --client-seconds 500000.",
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: {
    json: { type: "boolean", default: false },
    sizes: { type: "string", default: "10000,100000" },
    "client-seconds": { type: "string", default: "500000" },
  } });
  const sizes = values.sizes.split(",").map((text) => parseCount("--sizes", text));
  const clientSeconds = parseCount("--client-seconds", values["client-seconds"]);
  const queued = (await measureClosedNetwork(sizes)).map((row) => ({ ...row, variant: `plmm-lab ${row.variant}` }));
  const rows = [...await measureWindows(sizes), ...queued, ...measurePeers(sizes, clientSeconds)];
  rows.sort((a, b) => a.size - b.size || b.eventsPerCpuS - a.eventsPerCpuS);
  process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : `${renderComparison(rows)}\n`);
}

if (isStarted(import.meta.url)) await main();
