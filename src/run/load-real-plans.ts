/** Which real models are measured on a host: the personal models of configs/family.yaml, and two of the size that phones run. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../config/load-dataset.js";
import type { LlamaShape } from "../models/llama/llama-shape.js";
import { shapeOfPlan } from "./family/family-plan.js";
import { parseFamilyPlan } from "./family/parse-family-plan.js";
import type { RealModelPlan } from "./measure-real-models.js";

const QUANTS = ["F16", "Q8_0", "Q6_K", "Q4_K", "Q4_0"];
/** Rows of these hold blocks of 32, so that widths need be no multiples of 256. */
const NARROW_QUANTS = ["F16", "Q8_0", "Q4_0"];
const BASE = { context: 2048, ropeBase: 10_000, normEpsilon: 1e-5, isTied: true };
const LARGER: Readonly<Record<string, LlamaShape>> = {
  "30 million": { ...BASE, vocabulary: 8192, width: 512, layers: 9, heads: 8, kvHeads: 4, feedForward: 1536 },
  "100 million": { ...BASE, vocabulary: 16_384, width: 768, layers: 14, heads: 12, kvHeads: 4, feedForward: 2048 },
};

/** The plans, smallest model first. */
export function loadRealModelPlans(): RealModelPlan[] {
  const path = join(packageRoot(), "configs", "family.yaml"), family = parseFamilyPlan(readFileSync(path, "utf8"), path);
  const own = Object.entries(family.models).filter(([, { role }]) => role === "personal").map(([name, plan]): [string, LlamaShape] => [name, shapeOfPlan(plan, family, name)]);
  return [...own, ...Object.entries(LARGER)].map(([name, shape]) => ({ name, shape, quants: shape.width % 256 === 0 ? QUANTS : NARROW_QUANTS }));
}
