import { describe, expect, it } from "vitest";
import { describeFault, judgeDataFolder, judgeDisk, judgeMemory, judgeNode, measureMachine, renderFindings } from "./doctor.js";

describe("plmm doctor", () => {
  it("accepts Node 20.19, 22 and 24, refuses older ones and warns on untested ones", () => {
    expect(["20.19.0", "22.0.0", "24.9.0"].map((version) => judgeNode(version).status)).toEqual(["ok", "ok", "ok"]);
    expect(["18.20.8", "20.18.3", "nonsense"].map((version) => judgeNode(version).status)).toEqual(["fail", "fail", "fail"]);
    expect(judgeNode("25.1.0").status).toBe("warn");
  });

  it("fails on too little memory or disk, also when the number is not a number", () => {
    expect(judgeMemory(16e9, 8e9)).toEqual({ subject: "memory", status: "ok", found: "16.0 GB usable, 8.0 GB free" });
    expect(judgeMemory(1e9, 8e9)).toMatchObject({ status: "warn", found: "1.0 GB usable, 1.0 GB free" });
    expect(judgeMemory(0.5e9, 0).status).toBe("fail");
    expect(judgeMemory(NaN, 0).status).toBe("fail");
    expect([judgeDisk(5e9), judgeDisk(1e9), judgeDisk(1e7), judgeDisk(NaN), judgeDisk(undefined)].map(({ status }) => status))
      .toEqual(["ok", "warn", "fail", "fail", "warn"]);
  });

  it("takes a missing data folder for a doubt, and none for a choice", () => {
    expect(judgeDataFolder(undefined).status).toBe("ok");
    expect(judgeDataFolder("/does/not/exist")).toMatchObject({ status: "warn", found: "/does/not/exist does not exist" });
  });

  it("says in one line why a part cannot be used", () => {
    expect(describeFault({ code: "ENOENT" }, "")).toBe("not installed");
    expect(describeFault({ code: 1 }, "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'x'")).toBe("not installed");
    expect(describeFault({ code: null, signal: "SIGSEGV" }, "")).toBe("crashed with SIGSEGV");
    expect(describeFault({ code: null, signal: "SIGTERM", killed: true }, "")).toBe("no answer within 60 s");
    expect(describeFault({ code: 1 }, "at x\nError: libfoo.so.1: cannot open shared object file\n at y")).toBe("Error: libfoo.so.1: cannot open shared object file");
    expect(describeFault({ code: 3 }, "")).toBe("ended with exit code 3");
  });

  it("names what the default run lacks", () => {
    expect(renderFindings([{ subject: "a", status: "ok", found: "1" }, { subject: "bb", status: "fail", found: "2", next: "Do it" }], false))
      .toBe("ok    a   1\nfail  bb  2\n          Do it.\n\nThe default run needs: bb.\n");
  });

  it("finds every part of this installation usable", async () => {
    const findings = await measureMachine();
    const broken = findings.filter(({ subject, status }) => status !== "ok" && !["processor", "memory", "free disk", "Node.js", "git"].includes(subject));
    expect(broken).toEqual([]);
    expect(findings.map(({ subject }) => subject)).toContain("node-llama-cpp");
  });
});
