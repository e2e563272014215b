/** JSON text of a dataset: one line per item below `depth`, so that a changed number is one changed line. */

/**
 * Renders a value.
 *
 * @param depth Levels that are spread over lines; deeper ones stay on one line.
 * @returns Text that ends with a newline. The same value gives the same bytes.
 */
export function renderDatasetJson(value: unknown, depth: number): string {
  return `${renderValue(value, depth, "")}\n`;
}

function renderValue(value: unknown, depth: number, indent: string): string {
  if (depth === 0 || value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    return value.length === 0 ? "[]" : `[\n${value.map((item) => inner + renderValue(item, depth - 1, inner)).join(",\n")}\n${indent}]`;
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{\n${entries.map(([key, item]) => `${inner}${JSON.stringify(key)}: ${renderValue(item, depth - 1, inner)}`).join(",\n")}\n${indent}}`;
}
