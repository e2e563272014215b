/** What holds for every file that must be whole or not there when the disk is full. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { afterAll, describe } from "vitest";

/**
 * Gives tests a file system of their own.
 *
 * @param folder To be made. @param kilobytes Its size.
 * @param tests Get its path; undefined where the machine does not allow mounting.
 */
export function testOnFullDisk(folder: string, kilobytes: number, tests: (disk: string | undefined) => void): void {
  describe("on a full disk", () => {
    const disk = mountDisk(folder, kilobytes);
    afterAll(() => { if (disk !== undefined) execFileSync("umount", [disk]); });
    tests(disk);
  });
}

function mountDisk(folder: string, kilobytes: number): string | undefined {
  mkdirSync(folder);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", folder], { stdio: "ignore" });
    return folder;
  } catch {
    return undefined;
  }
}
