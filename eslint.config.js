// Lint: type-aware rules for faults that the compiler lets pass, and the rule that effects live at named places.
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** Files where reading disks, clocks, the environment and the console is the point. */
const EFFECT_FILES = [
  "src/**/load-*.ts", "src/**/write-*.ts", "src/**/measure-*.ts", "src/**/worker-*.ts",
  "src/run/**", "src/live/**", "src/cli/**", "scripts/**", "experiments/**", "**/*.test.ts", "**/*.contract.ts", "*.config.{js,ts}",
];

/** Folders whose results must have the same bits on every JavaScript engine. */
const SIMULATED_FOLDERS = ["simulation", "devices", "population", "network", "world", "tiers", "clients", "hosted"];

/** Modules of Node without effects on the world outside the process. */
const PURE_MODULES = ["path", "path/posix", "url", "crypto", "util", "buffer", "zlib", "string_decoder", "assert"];
const EFFECT_MODULE = `^node:(?!(${PURE_MODULES.join("|")})$)`;
const EFFECT_PLACE = "Effects live in files named load-*, write-*, measure-*, worker-* and in src/run, src/live, src/cli.";

const NO_MATH_RANDOM = { object: "Math", property: "random", message: "Draw from a RandomStream: a run must repeat to the byte." };
const CLOCKS = [
  { object: "Date", property: "now", message: EFFECT_PLACE },
  { object: "performance", property: "now", message: EFFECT_PLACE },
];
const UNSTABLE_FUNCTIONS = ["exp", "expm1", "log", "log1p", "log2", "log10", "pow", "cbrt", "hypot", "sin", "cos", "tan", "atan", "atan2",
  "asin", "acos", "sinh", "cosh", "tanh"].map((property) => ({
  object: "Math", property, message: "Its last bits differ between engines; use src/core/elementary.ts.",
}));

export default defineConfig(
  { ignores: ["node_modules/", "dist/", "out/", "results/", "datasets/"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" }, languageOptions: { parser: tseslint.parser } },
  {
    files: ["**/*.ts"],
    ignores: ["vitest.config.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      // Stands in for isolatedDeclarations, which would also ask for the types of zod schemas to be written out.
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // Unused names are the compiler's: noUnusedLocals and noUnusedParameters.
      "@typescript-eslint/no-unused-vars": "off",
      "eqeqeq": "error",
      "no-restricted-properties": ["error", NO_MATH_RANDOM],
      "no-restricted-syntax": ["error", {
        selector: "ThrowStatement > NewExpression[callee.name='Error']",
        message: "Throw ConfigError, DataError, LimitError or BugError of src/core/errors.ts.",
      }],
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: EFFECT_FILES,
    rules: {
      "no-restricted-imports": ["error", { patterns: [{ regex: EFFECT_MODULE, message: EFFECT_PLACE }] }],
      "no-restricted-globals": ["error", ...["process", "console", "fetch"].map((name) => ({ name, message: EFFECT_PLACE }))],
      "no-restricted-properties": ["error", NO_MATH_RANDOM, ...CLOCKS],
    },
  },
  {
    files: SIMULATED_FOLDERS.map((folder) => `src/${folder}/**/*.ts`),
    ignores: EFFECT_FILES,
    rules: { "no-restricted-properties": ["error", NO_MATH_RANDOM, ...CLOCKS, ...UNSTABLE_FUNCTIONS] },
  },
  {
    files: ["**/*.test.ts", "**/*.contract.ts"],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    // Outside of tsconfig.json: the scripts that run before anything is installed, and the settings of tools.
    files: ["**/*.{js,mjs}", "vitest.config.ts"],
    rules: { "eqeqeq": "error", "prefer-const": "error", "no-restricted-properties": ["error", NO_MATH_RANDOM] },
  },
);
