/**
 * The closed P-E workload, on which simulators are compared. Each client in turn thinks Exp(1 s), is served by its own
 * device (10, 20, 40 or 80 ms by its number), and with probability 0.3 asks the expert tier: a link of 20 ms + Exp(5 ms),
 * first come first served by max(2, clients / 500) servers of Exp(6.5 ms), and the same link back.
 *
 * Latency runs from the end of thinking to the answer. Model events: end of thinking, end of device service, and for an
 * expert's answer arrival, end of service and response: 2.9 per request, the same for every engine.
 *
 * Draws: batch n of a client holds think time, offload and uplink; it takes a batch when its device ends and when a
 * response comes. Batch n of the tier holds service and downlink of its n-th start of service. Engines that draw like
 * this find the same events to the microsecond.
 */

/** The workload's parameters. Times in microseconds; thinking, tier service and jitter are means of exponential times. */
export const CLOSED_NETWORK = {
  seed: 1,
  thinkMeanUs: 1e6,
  /** Service of client i on its own device: entry i mod 4. */
  deviceServiceUs: [10_000, 20_000, 40_000, 80_000],
  expertFraction: 0.3,
  linkDelayUs: 20_000,
  linkJitterMeanUs: 5000,
  expertServiceMeanUs: 6500,
  clientsPerServer: 500,
  fewestServers: 2,
} as const;

/** Clients of the usual comparison. */
export const CLOSED_NETWORK_SIZES: readonly number[] = [1e4, 1e5, 1e6];

/** Client-seconds of a run, so that every size has about 1.9 million requests. */
const CLIENT_SECONDS = 2e6;

/** Simulated length of a run. Microseconds. */
export function horizonOfClosedNetwork(clients: number): number { return Math.round(CLIENT_SECONDS / clients * 1e6); }

/** Servers of the expert tier. */
export function serversOfClosedNetwork(clients: number): number {
  return Math.max(CLOSED_NETWORK.fewestServers, Math.floor(clients / CLOSED_NETWORK.clientsPerServer));
}

/** What a run found. */
export interface ClosedNetworkRun {
  /** Model events up to the horizon. */
  readonly events: number;
  /** Requests answered up to the horizon. */
  readonly requests: number;
  readonly meanLatencyS: number;
}

/**
 * Mean latency in a long run, in seconds.
 *
 * The number at the tier is a birth-death chain: product form, so the times between visits count with their means alone
 * (Baskett, Chandy, Muntz and Palacios 1975). Classes of clients are taken for one with their mean device time in the
 * chain, and weighted by their own rate of requests in the mean. A run of 2 s (1,000,000 clients) starts cold and
 * stays about 0.7 ms below.
 */
export function expectedClosedNetworkLatency(clients: number): number {
  const { thinkMeanUs, deviceServiceUs, expertFraction, linkDelayUs, linkJitterMeanUs } = CLOSED_NETWORK;
  const linksUs = 2 * (linkDelayUs + linkJitterMeanUs);
  const meanDeviceUs = deviceServiceUs.reduce<number>((sum, us) => sum + us, 0) / deviceServiceUs.length;
  const tierUs = expectedTierSojourn(clients, (thinkMeanUs + meanDeviceUs) / expertFraction + linksUs);
  let latencyUs = 0, weight = 0;
  for (const deviceUs of deviceServiceUs) {
    const classLatencyUs = deviceUs + expertFraction * (linksUs + tierUs), rate = 1 / (thinkMeanUs + classLatencyUs);
    latencyUs += rate * classLatencyUs;
    weight += rate;
  }
  return latencyUs / weight / 1e6;
}

/** Mean time at the tier when each client comes back `awayUs` after it left, on average. Microseconds. */
function expectedTierSojourn(clients: number, awayUs: number): number {
  const servers = serversOfClosedNetwork(clients), { expertServiceMeanUs } = CLOSED_NETWORK;
  let weight = 1, weights = 1, number = 0, rate = 0;
  for (let present = 1; present <= clients; present++) {
    const busy = Math.min(present, servers);
    weight *= (clients - present + 1) / awayUs * expertServiceMeanUs / busy;
    weights += weight;
    number += weight * present;
    rate += weight * busy;
    // Keeps the sums in range: only their ratios count.
    if (weights > 1e250) { weight *= 1e-250; weights *= 1e-250; number *= 1e-250; rate *= 1e-250; }
  }
  return number / (rate / expertServiceMeanUs);
}
