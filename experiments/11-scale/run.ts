/** Experiment 11: how fast is the simulator from a thousand to a million phones, and do results depend on threads? */
import { join } from "node:path";
import { measureFleet, readExperimentForm, renderScale, resultsFolder, sealResults, writeJson, writeSmallFindings, writeText } from "../../src/index.js";

const { isSmall, out } = readExperimentForm();

if (isSmall) {
  const rows = measureFleet([300, 1000], [1, 2], ["simulation.horizonS=2 h", "simulation.startHour=10", "records.keepFraction=1"], 0);
  writeSmallFindings(out, rows.map(({ clients, threads, questions, events, recordsSha256 }) => ({ clients, threads, questions, events, recordsSha256 })));
} else {
  const rows = measureFleet([1e3, 1e4, 1e5, 1e6], [1, 2]), folder = resultsFolder("11-scale", rows.at(-1)!.recordsSha256);
  const { table, svg } = await renderScale(rows);
  writeJson(join(folder, "rows.json"), rows);
  writeText(join(folder, "tables", "scale.md"), `${table}\n`);
  writeText(join(folder, "figures", "scale.svg"), svg);
  sealResults(folder, { experiment: "11-scale", measured: ["wallS", "cpuS", "eventsPerS", "nsPerEvent", "rssBytes"] });
  process.stdout.write(`${table}\n${folder}\n`);
}
