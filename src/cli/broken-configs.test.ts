/** Each way to write a bad config, as a person meets it: one error in the house form with file and line, exit code 2, no stack trace, nothing run. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packageRoot } from "../config/load-dataset.js";
import { captureCli } from "./captured-cli.test-data.js";

const cli = captureCli();

/** A config, the line of its fault, and what the message says: subject, rule, value. */
interface Broken { readonly kind: string; readonly text: string; readonly line: number; readonly says: RegExp; readonly hint: RegExp }

const BROKEN: readonly Broken[] = [
  { kind: "an unknown key", text: "name: t\npopulation:\n  client: 5\n", line: 3, says: /^a key of population must be one of clients, .*; got "client"/, hint: /Did you mean clients\?/ },
  { kind: "an unknown section", text: "name: t\npopulaton: {}\n", line: 2, says: /^a top-level key must be one of .*; got "populaton"/, hint: /Did you mean population\?/ },
  { kind: "a wrong unit", text: "name: t\nsimulation:\n  horizonS: 5 kg\n", line: 3, says: /^simulation\.horizonS must be a time .*; got "5 kg"/, hint: /The unit "kg" is not known here\. Units: s, ms/ },
  { kind: "a share above one", text: "name: t\nprotocol: {coverFraction: 140 %}\n", line: 2, says: /^protocol\.coverFraction must be a fraction from 0 to 1.*; got "140 %"/, hint: /config explain/ },
  { kind: "NaN", text: "name: t\npopulation:\n  clients: .nan\n", line: 3, says: /^population\.clients must be a whole number .*; got NaN/, hint: /config explain/ },
  { kind: "infinity", text: "name: t\nsimulation:\n  horizonS: .inf\n", line: 3, says: /^simulation\.horizonS must be a time .*; got Infinity/, hint: /config explain/ },
  { kind: "a negative number", text: "name: t\npopulation:\n  clients: -4\n", line: 3, says: /^population\.clients must be a whole number from 1 .*; got -4/, hint: /config explain/ },
  { kind: "a huge number", text: "name: t\npopulation:\n  clients: 1e300\n", line: 3, says: /^population\.clients must .* to 2e7; got 1e\+300/, hint: /config explain/ },
  { kind: "a number of too many digits", text: "name: t\nseed: 99999999999999999999999999\n", line: 2, says: /^seed must .*; got 1e\+26/, hint: /config explain/ },
  { kind: "more events than the limit", text: "name: t\npopulation: {clients: 20000000}\nsimulation:\n  limits: {maxEvents: 1e6}\n", line: 4, says: /^simulation\.limits\.maxEvents must allow the events of the run, at least/, hint: /lower population\.clients/ },
  { kind: "an impossible load", text: "name: t\npopulation: {clients: 1000000}\nrouting: {kind: t-only}\ntiers:\n  general: {replicas: 1}\n", line: 5,
    says: /^tiers\.general\.replicas must serve the busiest hour under routing t-only: .* answer tokens\/s; got ".* tokens\/s at best"/, hint: /allowOverload/ },
  { kind: "an impossible load of a value", text: "name: t\npopulation: {clients: 1000000}\nsweep:\n  routing:\n    - {kind: p-only}\n    - {kind: t-only}\n", line: 6,
    says: /^sweep value 2 of routing: tiers\.general\.replicas must serve the busiest hour/, hint: /allowOverload/ },
  { kind: "an impossible load of two values", text: "name: t\nreplications: 1\nsweep:\n  routing: [{kind: t-only}]\n  population.clients: [100, 1000000]\n", line: 5,
    says: /^sweep variant "t-only, clients=1000000": tiers\.general\.replicas must serve .*broken\.yaml:4 and /, hint: /allowOverload/ },
  { kind: "an impossible load of a condition", text: "name: t\nreplications: 1\nrouting: {kind: t-only}\nconditions:\n  crowd:\n    population: {clients: 1000000}\n", line: 6, says: /^condition crowd: tiers\.general\.replicas must serve/, hint: /allowOverload/ },
  { kind: "a missing base", text: "name: t\nextends: nowhere.yaml\n", line: 2, says: /^config ".*nowhere\.yaml" must be a readable file; got "no such file"/, hint: /relative to the file/ },
  { kind: "an extends that leads back", text: "name: t\nextends: broken.yaml\n", line: 2, says: /^extends must not lead back to a file already in the chain; got ".*broken\.yaml -> .*broken\.yaml"/, hint: /Remove one extends/ },
  { kind: "an open bracket", text: "name: t\npopulation: {clients: 5\n", line: 3, says: /broken\.yaml must be YAML; got "the end of the file"/, hint: /end with a }/ },
  { kind: "a tab", text: "name: t\npopulation:\n\tclients: 5\n", line: 3, says: /broken\.yaml must be YAML; got "clients: 5"/, hint: /Tabs/ },
  { kind: "a key twice", text: "name: t\nname: u\n", line: 2, says: /broken\.yaml must have each key once in a map; got "name"/, hint: /Remove one/ },
  { kind: "an anchor that contains itself", text: "name: t\na: &a [*a]\n", line: 2, says: /must nest at most 32 levels/, hint: /aliases/ },
  { kind: "an empty file", text: "", line: 1, says: /^a config must be a map of keys and values; got "an empty file"/, hint: /name: my-study/ },
  { kind: "a list", text: "[1, 2]\n", line: 1, says: /^a config must be a map of keys and values; got \[1,2\]/, hint: /name: my-study/ },
  { kind: "an unknown variant", text: "name: t\nrouting: {kind: casade}\n", line: 2, says: /^routing\.kind must be one of p-only, .*; got "casade"/, hint: /Did you mean cascade\?/ },
  { kind: "shares that do not sum to one", text: "name: t\npopulation:\n  domains:\n    - {name: a, share: 0.5}\n    - {name: b, share: 0.6}\n", line: 4, says: /^population\.domains must have shares that sum to 1; got 1\.1/, hint: /a 0\.5, b 0\.6/ },
  { kind: "a word for true or false", text: "name: t\nprotocol: {relay: maybe}\n", line: 2, says: /^protocol\.relay must be true or false; got "maybe"/, hint: /config explain/ },
  { kind: "a missing trace", text: "name: t\npopulation:\n  arrivals: {kind: trace, file: none.csv}\n", line: 3, says: /^population\.arrivals\.file must be an existing CSV file; got "none\.csv"/, hint: /PLMM_DATA/ },
  { kind: "an unknown GPU", text: "name: t\ntiers:\n  general: {gpu: RTX9}\n", line: 3, says: /^tiers\.general\.gpu must be one of .*; got "RTX9"/, hint: /./ },
  { kind: "an unknown model", text: "name: t\npersonalModel: {model: qwen3-99b}\n", line: 2, says: /^personalModel\.model must be the name of a model card; got "qwen3-99b"/, hint: /./ },
  { kind: "an unknown model in a sweep", text: "name: t\nsweep:\n  tiers.expert.model:\n    - llama-3.1-8b\n    - llama-9\n", line: 5, says: /^sweep value 2 of tiers\.expert\.model: tiers\.expert\.model must .*; got "llama-9"/, hint: /./ },
  { kind: "an unknown device", text: "name: t\ndevices:\n  mix:\n    nokia-3310: 1\n", line: 4, says: /^a key of devices\.mix must be the name of a device of the catalogue; got "nokia-3310"/, hint: /plmm devices list/ },
  { kind: "an unknown price", text: "name: t\nprices:\n  expertPrice: nobody\n", line: 3, says: /^prices\.expertPrice must name a model of price book .*; got "nobody"/, hint: /plmm prices/ },
  { kind: "a model that does not fit its GPU", text: "name: t\ntiers:\n  expert: {gpu: L4, model: qwen3-32b}\n", line: 3, says: /^tiers\.expert must /, hint: /./ },
  { kind: "an unknown axis", text: "name: t\nsweep:\n  routing.kindd: [a]\n", line: 3, says: /^sweep axis routing\.kindd: a key of routing must be one of kind, /, hint: /Did you mean kind\?/ },
];

let folder = "";
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "plmm-broken-")); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
function write(text: string): string {
  const file = join(folder, "broken.yaml");
  writeFileSync(file, text);
  return file;
}

describe("a config with", () => {
  it.each(BROKEN.map((broken) => [broken.kind, broken] as const))("%s", async (_kind, { text, line, says, hint }) => {
    const file = write(text), out = join(folder, "out");
    for (const args of [["config", "validate", file], ["run", file, "--out", out]]) {
      cli.errors = "";
      expect(await cli.exitCodeOf(...args)).toBe(2);
      const [first, ...next] = cli.errors.trimEnd().split("\n");
      expect(first).toMatch(/^ConfigError: .+ must .+; got .+\.$/);
      expect(first!.replace("ConfigError: ", "")).toMatch(says);
      expect(first).toContain(`broken.yaml:${line})`);
      expect(next.join("\n")).toMatch(hint);
      expect(cli.errors).not.toMatch(/^ {4}at /m);
    }
    expect([cli.output, existsSync(out)]).toEqual(["", false]);
  });

  it("no file at all", async () => {
    expect(await cli.exitCodeOf("run", join(folder, "none.yaml"))).toBe(2);
    expect(cli.errors).toMatch(/^ConfigError: config ".*none\.yaml" must be a readable file; got "no such file"\.\n.+/);
  });

  it("any damage to any line ends in a valid config or in one such error", async () => {
    const lines = ["name: t", "replications: 2", "population:", "  clients: 500", "  patienceS: 40 s", "routing: { kind: cascade, threshold: 0.5 }", "sweep:", "  protocol.padding: [none, bucket]"];
    const scratch = fc.record({ line: fc.nat(lines.length - 1), at: fc.nat(20), insert: fc.string({ maxLength: 2 }) }), codes = new Set<number>();
    await fc.assert(fc.asyncProperty(fc.array(scratch, { minLength: 1, maxLength: 3 }), async (cuts) => {
      cli.errors = "";
      const damaged = [...lines];
      for (const { line, at, insert } of cuts) damaged[line] = damaged[line]!.slice(0, at) + insert + damaged[line]!.slice(at);
      const file = write(damaged.join("\n")), code = await cli.exitCodeOf("config", "validate", file);
      codes.add(code);
      expect([0, 2]).toContain(code);
      if (code === 2) expect(cli.errors).toMatch(/^ConfigError: [\s\S]+ must [\s\S]+; got [\s\S]+broken\.yaml:\d+\)\.\n.+/);
      expect(cli.errors).not.toMatch(/^ {4}at /m);
    }), { seed: 51, numRuns: 150 });
    expect(codes).toEqual(new Set([0, 2]));
  });
});

const MAIN = join(packageRoot(), "dist", "src", "cli", "main.js"), isBuilt = existsSync(MAIN);
if (!isBuilt) process.stderr.write("The exit code of a real process is not tested: dist/ is not there. Run: npm run build\n");

it.skipIf(!isBuilt)("a real process ends with 2, says it on stderr alone and writes nothing", () => {
  const file = write("name: t\npopulation:\n  clients: -4\n"), before = readdirSync(folder);
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, "run", file], { encoding: "utf8", cwd: folder });
  expect([status, stdout, readdirSync(folder)]).toEqual([2, "", before]);
  expect(stderr).toBe(`ConfigError: population.clients must be a whole number from 1 to 2e7; got -4 (${file}:3).\nMeaning and default: plmm config explain population.clients\n`);
});
