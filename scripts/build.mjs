/** `npm run build`: compiles to dist. Exit code 1 when a type is wrong. */
import { build } from "./build-dist.mjs";
import { ensureInstalled, requireNode, runSteps } from "./prepare-checkout.mjs";

await runSteps(() => {
  requireNode();
  ensureInstalled();
  process.exitCode = build() === 0 ? 0 : 1;
});
