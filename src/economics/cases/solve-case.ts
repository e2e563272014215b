/** Runs reference cases: computes each from its inputs alone, then compares. */
import { type CaseResult, findDisagreements, formatResult } from "./compare-case.js";
import { PlmmError } from "../../core/errors.js";
import { type CaseSolver, LADDER_SOLVERS } from "./ladder-cases.js";
import { MARKET_SOLVERS } from "./market-cases.js";
import type { ReferenceCase } from "./reference-case.js";

/** How one case ended. `error`: the inputs could not be computed; counts as failed. */
export type CaseOutcome =
  | { readonly id: string; readonly status: "pass" | "fail"; readonly got: string; readonly expected: string; readonly differing: readonly string[] }
  | { readonly id: string; readonly status: "error"; readonly message: string; readonly expected: string }
  | { readonly id: string; readonly status: "not implemented"; readonly kind: string };

const SOLVERS: Readonly<Record<string, CaseSolver>> = { ...LADDER_SOLVERS, ...MARKET_SOLVERS };

/** Kinds that are computed, in alphabetical order. */
export function implementedKinds(): readonly string[] {
  return Object.keys(SOLVERS).sort();
}

/** Computes and compares one case. Never throws for faulty inputs: they are an outcome. */
export function solveCase(reference: ReferenceCase): CaseOutcome {
  const { id, kind, inputs, expected, tolerance } = reference;
  if (!Object.hasOwn(SOLVERS, kind)) return { id, status: "not implemented", kind };
  let result: CaseResult;
  try {
    result = SOLVERS[kind]!(inputs);
  } catch (error) {
    if (error instanceof PlmmError) return { id, status: "error", message: error.message.split("\n")[0]!, expected: formatResult(expected) };
    throw error;
  }
  const differing = findDisagreements(result, expected, tolerance);
  return { id, status: differing.length === 0 ? "pass" : "fail", got: formatResult(pickExpected(result, expected)), expected: formatResult(expected), differing };
}

/** Computed fields that the case looks at, in its order. */
function pickExpected(result: CaseResult, expected: object): CaseResult {
  const picked: Record<string, CaseResult[string]> = {};
  for (const name of Object.keys(expected)) picked[name] = result[name] ?? result[name === "contains" ? "equilibria" : name];
  return picked;
}
