/**
 * Writes expected-small.json of experiments anew after an intended change: node dist/scripts/check-experiments.js --update [name ...].
 * The check itself is `plmm reproduce --check`.
 */
import { checkSmallForm, listExperiments } from "../src/run/reproduce-experiment.js";
import { isStarted } from "./source-tree.js";

function updateExperiments(words: readonly string[]): void {
  const wanted = words.filter((word) => word !== "--update");
  if (wanted.length === words.length) {
    console.error("Say --update to write expected-small.json anew. The check is: npx plmm reproduce --check");
    process.exitCode = 2;
    return;
  }
  for (const name of listExperiments().filter((each) => wanted.length === 0 || wanted.includes(each))) {
    const faults = checkSmallForm(name, true);
    for (const fault of faults) console.error(fault);
    if (faults.length > 0) process.exitCode = 1;
    console.log(`experiments/${name}: ${faults.length === 0 ? "written" : "FAILED"}`);
  }
}

if (isStarted(import.meta.url)) updateExperiments(process.argv.slice(2));
