"""The closed P-E workload (src/run/closed-network-workload.ts) in SimPy, in the style of its own guide.

One process per client, one Resource for the expert tier: https://simpy.readthedocs.io/en/latest/topical_guides/.
Reads the parameters as JSON from stdin, times in seconds, and prints one line of JSON. Only env.run is measured.
"""
import json
import random
import sys
import time

import simpy


class Tally:
    """Model events and latencies of all clients."""

    def __init__(self):
        self.events = 0
        self.requests = 0
        self.latency_s = 0.0


def exponential(mean_s):
    return random.expovariate(1.0 / mean_s)


def client(env, expert, device_service_s, workload, tally):
    while True:
        yield env.timeout(exponential(workload["thinkMeanS"]))
        tally.events += 1
        asked_at = env.now
        yield env.timeout(device_service_s)
        tally.events += 1
        if random.random() < workload["expertFraction"]:
            yield from consult(env, expert, workload, tally)
        tally.requests += 1
        tally.latency_s += env.now - asked_at


def consult(env, expert, workload, tally):
    yield env.timeout(workload["linkDelayS"] + exponential(workload["linkJitterMeanS"]))
    tally.events += 1
    with expert.request() as turn:
        yield turn
        yield env.timeout(exponential(workload["expertServiceMeanS"]))
    tally.events += 1
    yield env.timeout(workload["linkDelayS"] + exponential(workload["linkJitterMeanS"]))
    tally.events += 1


def main():
    workload = json.load(sys.stdin)
    random.seed(1)
    env, tally = simpy.Environment(), Tally()
    expert = simpy.Resource(env, capacity=workload["servers"])
    services_s = workload["deviceServiceS"]
    for number in range(workload["clients"]):
        env.process(client(env, expert, services_s[number % len(services_s)], workload, tally))
    cpu_before, started_at = time.process_time(), time.perf_counter()
    env.run(until=workload["horizonS"])
    cpu_s, wall_s = time.process_time() - cpu_before, time.perf_counter() - started_at
    print(json.dumps({
        "engine": "SimPy " + simpy.__version__, "events": tally.events, "cpuS": cpu_s, "wallS": wall_s,
        "meanLatencyS": tally.latency_s / tally.requests,
    }))


main()
