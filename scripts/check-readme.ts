/**
 * Runs the commands of README.md that are marked as runnable.
 *
 * The mark is a comment on the line before a ```sh block: `<!-- run -->`. Words in it, as in `<!-- run -c population.clients=200 -->`,
 * are added to each `npx plmm run` and `npx plmm sweep` of that block: the small form. All blocks run in one temporary folder that
 * looks like the project (links to everything but out/), so that a later block sees the results of an earlier one and the
 * project's own out/ stays as it is.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isStarted } from "./source-tree.js";

const README = "README.md";
const LONGEST_BLOCK_MS = 5 * 60_000;
const NEVER_LINKED = ["out", ".git"];

/** A marked block. */
export interface CommandBlock {
  /** Line of its first command, from 1. */
  readonly line: number;
  /** Shell text in small form. */
  readonly text: string;
}

/** What a README holds: blocks to run, and sentences about marks that no block follows. */
export interface MarkedCommands {
  readonly blocks: readonly CommandBlock[];
  readonly faults: readonly string[];
}

/** Finds the marked blocks of a Markdown text. */
export function findMarkedCommands(markdown: string): MarkedCommands {
  const lines = markdown.split("\n");
  const blocks: CommandBlock[] = [];
  const faults: string[] = [];
  lines.forEach((text, index) => {
    const mark = /^<!--\s*run\b(.*?)-->\s*$/.exec(text.trim());
    if (mark === null) return;
    const start = lines[index + 1]?.trim() === "" ? index + 2 : index + 1;
    const end = lines.findIndex((line, at) => at > start && line.trim() === "```");
    if (lines[start]?.trim() !== "```sh" || end < 0) {
      faults.push(`${README}:${index + 1}: after the mark "${text.trim()}" must come a \`\`\`sh block.`);
      return;
    }
    const commands = lines.slice(start + 1, end);
    const recursive = commands.findIndex((line) => /^\s*(npm (start|test|t|ci|install|run)\b|git\b)/.test(line));
    if (recursive >= 0) {
      faults.push(`${README}:${start + 2 + recursive}: a marked block must hold plmm commands; got "${commands[recursive]!.trim()}". Take the mark away.`);
      return;
    }
    blocks.push({ line: start + 2, text: toSmallForm(commands, mark[1]!.trim()) });
  });
  return { blocks, faults };
}

/** Adds `words` after the run and sweep commands, before a comment, a pipe or a redirection. */
function toSmallForm(commands: readonly string[], words: string): string {
  if (words === "") return commands.join("\n");
  return commands.map((line) => /^\s*npx plmm (run|sweep)\b/.test(line) ? line.replace(/(\s+#.*|\s*\\|\s*[|>&;].*)?$/, ` ${words}$1`) : line).join("\n");
}

/** Makes a folder that looks like the project, with an out/ of its own. */
function linkProject(): string {
  const folder = mkdtempSync(join(tmpdir(), "plmm-readme-"));
  for (const name of readdirSync(".")) if (!NEVER_LINKED.includes(name)) symlinkSync(resolve(name), join(folder, name));
  return folder;
}

function runBlock({ line, text }: CommandBlock, folder: string): boolean {
  const startedAtMs = performance.now();
  const result = spawnSync("bash", ["-euo", "pipefail", "-c", text], {
    cwd: folder, encoding: "utf8", timeout: LONGEST_BLOCK_MS, maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "pipe"],
  });
  const isFine = result.status === 0;
  if (!isFine) {
    console.error(`${README}:${line}: the block must end with exit code 0 within ${LONGEST_BLOCK_MS / 1000} s; got ${result.status ?? result.signal}.`);
    console.error(`${text}\n${result.stdout}${result.stderr}`);
  }
  console.log(`${README}:${line}: ${isFine ? "runs" : "FAILED"} (${((performance.now() - startedAtMs) / 1000).toFixed(1)} s)`);
  return isFine;
}

function checkReadme(): void {
  const { blocks, faults } = existsSync(README) ? findMarkedCommands(readFileSync(README, "utf8")) : { blocks: [], faults: [] };
  for (const fault of faults) console.error(fault);
  if (blocks.length === 0) console.log("README commands: none found.");
  const folder = linkProject();
  const fineCount = blocks.filter((block) => runBlock(block, folder)).length;
  rmSync(folder, { recursive: true, force: true });
  if (faults.length > 0 || fineCount < blocks.length) process.exitCode = 1;
}

if (isStarted(import.meta.url)) checkReadme();
