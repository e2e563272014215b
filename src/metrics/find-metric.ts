/** A metric by the name that a person wrote. */
import { nearestName } from "../config/nearest-name.js";
import { ConfigError } from "../core/errors.js";
import type { MetricSpec } from "./findings.js";
import { METRICS } from "./metric-catalogue.js";

/**
 * The metric of this name.
 *
 * @param subject The flag that holds the name, for the error.
 * @throws {ConfigError} when there is none; the nearest name is the next step.
 */
export function findMetric(name: string, subject: string): MetricSpec {
  const found = METRICS.find((metric) => metric.name === name);
  if (found !== undefined) return found;
  const nearest = nearestName(name, METRICS.map((metric) => metric.name));
  throw new ConfigError({
    subject, rule: "name a metric", got: name,
    hint: nearest === undefined ? `The metrics are ${METRICS.map((metric) => metric.name).join(", ")}.` : `Did you mean ${nearest}? All: plmm table all --format csv`,
  });
}
