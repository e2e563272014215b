/** What a label of a sweep stands for: its policy, and the padding when that was swept too. */
import type { LabelSummary } from "../aggregate.js";

/** Config paths whose value names the policy. */
const POLICY_PATHS = ["routing.kind", "routing"] as const;
const PADDING_PATH = "protocol.padding";

/** The routing policy of a label; the label itself when routing was not swept. */
export function policyOf({ axes, label }: Pick<LabelSummary, "axes" | "label">): string {
  for (const path of POLICY_PATHS) {
    const value = axes[path];
    if (typeof value === "string") return value;
    if (typeof value === "object" && value !== null && "kind" in value) return String(value.kind);
  }
  return label;
}

/** The padding of a label; undefined when padding was not swept. */
export function paddingOf({ axes }: Pick<LabelSummary, "axes">): string | undefined {
  const value = axes[PADDING_PATH];
  return typeof value === "string" ? value : undefined;
}

/** Ends of the 95% interval of an estimate; the mean twice when there is none. */
export function endsOf(estimate: { readonly mean: number; readonly halfWidth95: number }): readonly [number, number] {
  const half = Number.isFinite(estimate.halfWidth95) ? estimate.halfWidth95 : 0;
  return [estimate.mean - half, estimate.mean + half];
}
