import { defineConfig } from "vitest/config";

// Tests that need model weights or a GPU (name.device.test.ts) run only when PLMM_DEVICE is set.
const deviceTests = process.env["PLMM_DEVICE"] === undefined ? ["**/*.device.test.ts"] : [];

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "scripts/**/*.test.ts", "experiments/**/*.test.ts"],
    exclude: ["node_modules/**", "dist/**", ...deviceTests],
    testTimeout: 60_000,
  },
});
