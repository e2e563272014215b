/** A disk that is soon full, for tests of files that must be whole or not there. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";

/** Makes a folder a file system of its own. @returns Its path; undefined where the machine does not allow mounting. */
export function mountSmallDisk(folder: string, kilobytes: number): string | undefined {
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder], { stdio: "ignore" });
    return folder;
  } catch {
    return undefined;
  }
}

/** Takes it back. */
export function unmountDisk(folder: string | undefined): void {
  if (folder !== undefined) execFileSync("umount", [folder]);
}
