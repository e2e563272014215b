/** Where two JSON values differ, in sentences. */

/** Sums in another order and other engines may move the last bits; anything above is another result. */
const RELATIVE_TOLERANCE = 1e-9;
const LONGEST_SHOWN = 80;

/** Whether two numbers are the same result: within 1e-9 of their size. */
export function isSameNumber(expected: number, found: number): boolean {
  return Object.is(expected, found) || Math.abs(expected - found) <= RELATIVE_TOLERANCE * Math.max(Math.abs(expected), Math.abs(found));
}

/** Differences of two JSON values, one sentence for each place. Numbers may differ by 1e-9 of their size. */
export function findDifferences(expected: unknown, found: unknown, place: string = "$"): string[] {
  if (typeof expected === "number" && typeof found === "number") {
    return isSameNumber(expected, found) ? [] : [`${place} must be ${expected}; got ${found}`];
  }
  if (!isTree(expected) || !isTree(found) || Array.isArray(expected) !== Array.isArray(found)) {
    return expected === found ? [] : [`${place} must be ${shorten(expected)}; got ${shorten(found)}`];
  }
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
  return keys.flatMap((key) => {
    const inner = Array.isArray(expected) ? `${place}[${key}]` : `${place}.${key}`;
    if (!(key in found)) return [`${inner} must be ${shorten(expected[key])}; got nothing`];
    if (!(key in expected)) return [`${inner} must be absent; got ${shorten(found[key])}`];
    return findDifferences(expected[key], found[key], inner);
  });
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
