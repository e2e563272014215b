import { describe, expect, it } from "vitest";
import { findMarkedCommands } from "./check-readme.js";

const block = (mark: string, ...commands: string[]): string => ["# Title", mark, "```sh", ...commands, "```", "text"].join("\n");

describe("the marked commands of a README", () => {
  it("takes marked sh blocks with the line of their first command and leaves the others", () => {
    expect(findMarkedCommands(block("<!-- run -->", "npx plmm --help", "npx plmm doctor"))).toEqual({
      blocks: [{ line: 4, text: "npx plmm --help\nnpx plmm doctor" }], faults: [],
    });
    expect(findMarkedCommands(block("", "npm start"))).toEqual({ blocks: [], faults: [] });
    expect(findMarkedCommands("<!-- run -->\n\n```sh\nnpx plmm --help\n```").blocks).toHaveLength(1);
  });

  it("adds the words of the mark to run and sweep, before comments, pipes and redirections", () => {
    const small = findMarkedCommands(block("<!-- run -c a.b=2 --reps 1 -->",
      "npx plmm run configs/a.yaml", "npx plmm sweep a.yaml   # all", "npx plmm run a.yaml --json | head -1", "npx plmm run a.yaml > x", "npx plmm table t3"));
    expect(small.blocks[0]?.text.split("\n")).toEqual([
      "npx plmm run configs/a.yaml -c a.b=2 --reps 1", "npx plmm sweep a.yaml -c a.b=2 --reps 1   # all",
      "npx plmm run a.yaml --json -c a.b=2 --reps 1 | head -1", "npx plmm run a.yaml -c a.b=2 --reps 1 > x", "npx plmm table t3"]);
  });

  it("refuses a mark without a block, and commands that would call the tests again", () => {
    expect(findMarkedCommands("<!-- run -->\ntext").faults).toEqual([expect.stringMatching(/^README\.md:1: .* must come a ```sh block/)]);
    expect(findMarkedCommands(block("<!-- run -->", "npx plmm --help", "npm test")).faults).toEqual([
      expect.stringMatching(/^README\.md:5: a marked block must hold plmm commands; got "npm test"/)]);
    expect(findMarkedCommands("<!-- run -->\n```sh\nnpx plmm").faults).toHaveLength(1);
  });
});
