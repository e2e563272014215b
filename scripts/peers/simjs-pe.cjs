/**
 * The closed P-E workload (src/run/closed-network-workload.ts) in npm's simjs, in the style of its own guide: an Entity
 * per client, timers with done(), a Facility for the expert tier (http://simjs.com/docs.html).
 *
 * Reads the parameters as JSON from stdin, times in seconds, and prints one line of JSON. Only simulate is measured.
 */
"use strict";
const { readFileSync } = require("node:fs");

// The package is one bundle for browsers: it exports nothing and leaves its classes on window.
globalThis.window = {};
require("simjs");
const { Entity, Facility, Random, Sim } = globalThis.window.Sim;

const workload = JSON.parse(readFileSync(0, "utf8"));
const random = new Random(1);
const tally = { events: 0, requests: 0, latencyS: 0 };

/** simjs takes the rate, not the mean. */
function exponential(meanS) { return random.exponential(1 / meanS); }
function link() { return workload.linkDelayS + exponential(workload.linkJitterMeanS); }

class Client extends Entity {
  start(number, expert) {
    this.deviceServiceS = workload.deviceServiceS[number % workload.deviceServiceS.length];
    this.expert = expert;
    this.think();
  }
  think() { this.setTimer(exponential(workload.thinkMeanS)).done(this.ask); }
  ask() {
    tally.events++;
    this.askedAtS = this.time();
    this.setTimer(this.deviceServiceS).done(this.decide);
  }
  decide() {
    tally.events++;
    if (random.random() < workload.expertFraction) this.setTimer(link()).done(this.arrive);
    else this.finish();
  }
  arrive() {
    tally.events++;
    this.useFacility(this.expert, exponential(workload.expertServiceMeanS)).done(this.leave);
  }
  leave() {
    tally.events++;
    this.setTimer(link()).done(this.receive);
  }
  receive() {
    tally.events++;
    this.finish();
  }
  finish() {
    tally.requests++;
    tally.latencyS += this.time() - this.askedAtS;
    this.think();
  }
}

const sim = new Sim();
const expert = new Facility("expert", Facility.FCFS, workload.servers);
for (let number = 0; number < workload.clients; number++) sim.addEntity(Client, `client ${number}`, number, expert);
const cpuBefore = process.cpuUsage(), startedAt = process.hrtime.bigint();
sim.simulate(workload.horizonS);
const cpu = process.cpuUsage(cpuBefore), wallS = Number(process.hrtime.bigint() - startedAt) / 1e9;
const { version } = JSON.parse(readFileSync(require.resolve("simjs/package.json"), "utf8"));
process.stdout.write(`${JSON.stringify({
  engine: `simjs ${version}`, events: tally.events, cpuS: (cpu.user + cpu.system) / 1e6, wallS, meanLatencyS: tally.latencyS / tally.requests,
})}\n`);
