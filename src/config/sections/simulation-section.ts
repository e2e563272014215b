/** Clock, shards and bounds of a run. */
import { z } from "zod";
import { bytes, count, positiveCount, seconds } from "../quantities.js";

/** Bounds after which a run stops with a clear error, results kept. */
export const limitsSection = z.strictObject({
  maxEvents: positiveCount(1e12).default(1e11).describe("Most model events in one run."),
  maxMemoryBytes: bytes().default(8e9).describe("Most memory that the state of one run may need; checked before it starts."),
  maxWallS: seconds({ min: 1 }).default(6 * 3600).describe("Most wall time of one run."),
  maxWaiting: positiveCount(1e8).default(2_000_000).describe("Most requests that may wait at one tier at once."),
});

/** Section `simulation`: simulated span, shards of the parallel run, and the bounds that end a runaway. */
export const simulationSection = z.strictObject({
  horizonS: seconds({ min: 1 }).default(86_400).describe("Simulated time. A question asked before the horizon is followed to its end."),
  warmUpS: seconds().default(0).describe("Start of the run that metrics leave out."),
  shards: positiveCount(1024).default(16).describe("Logical shards of the fleet. Part of the scenario: results do not depend on threads."),
  minTurnGapS: seconds({ min: 0.05 }).default(2).describe("Shortest time between the end of an answer and the user's next question; also half the lookahead of the parallel run."),
  minBackoffS: seconds({ min: 0.05 }).default(2).describe("Shortest wait before a retry."),
  startHour: count(23).default(0).describe("Local hour of day at which the run starts."),
  allowOverload: z.boolean().default(false).describe("Run although the load is clearly above what the tiers can serve, to study a growing queue."),
  limits: limitsSection.prefault({}),
});
