/**
 * Parsers for the quantities of a config. A key names its base unit (horizonS, radioW, bucketBytes); a value is a plain
 * number in that unit or a string with a unit ("24 h", "6 GiB", "5 %"). The message of each refusal is the rule, as
 * words after "must".
 */
import { z } from "zod";

/** What a quantity parser says about itself, stored as zod metadata for `plmm config explain` and the JSON Schema. */
export interface QuantityMeta {
  readonly quantity: string;
  /** Base unit; empty for a plain number. */
  readonly unit: string;
  /** Units that a string may carry, base unit first. */
  readonly units: readonly string[];
  readonly low: number;
  readonly high: number;
  readonly isLowExcluded: boolean;
  readonly isWhole: boolean;
}

/** A parser of one number. Input: number or text; output: number in the base unit. */
export type QuantityParser = z.ZodType<number, number | string>;

/** A unit as an exact fraction of the base unit, so that "40 ms" is 40 / 1000 and not 40 * 0.001. */
type UnitTable = Readonly<Record<string, readonly [multiply: number, divide: number]>>;

const TIME: UnitTable = {
  s: [1, 1], ms: [1, 1e3], us: [1, 1e6], "µs": [1, 1e6], min: [60, 1], h: [3600, 1], d: [86_400, 1],
  day: [86_400, 1], days: [86_400, 1], week: [604_800, 1], weeks: [604_800, 1],
};
const SIZE: UnitTable = {
  B: [1, 1], kB: [1e3, 1], MB: [1e6, 1], GB: [1e9, 1], TB: [1e12, 1],
  KiB: [2 ** 10, 1], MiB: [2 ** 20, 1], GiB: [2 ** 30, 1], TiB: [2 ** 40, 1],
};
const POWER: UnitTable = { W: [1, 1], mW: [1, 1e3], kW: [1e3, 1] };
const BIT_RATE: UnitTable = {
  "bit/s": [1, 1], "kbit/s": [1e3, 1], "Mbit/s": [1e6, 1], "Gbit/s": [1e9, 1], bps: [1, 1], kbps: [1e3, 1], Mbps: [1e6, 1], Gbps: [1e9, 1],
};
const ENERGY_PER_BYTE: UnitTable = { "J/B": [1, 1], "mJ/B": [1, 1e3], "uJ/B": [1, 1e6], "µJ/B": [1, 1e6], "nJ/B": [1, 1e9] };
const MONEY: UnitTable = { USD: [1, 1], cent: [1, 100], cents: [1, 100] };
const SHARE: UnitTable = { "%": [1, 100] };
const NO_UNIT: UnitTable = {};

/** Every unit of the program with the quantity it measures, to say what "4 W" is when a time was wanted. */
const QUANTITY_OF_UNIT: ReadonlyMap<string, string> = new Map(
  (Object.entries({ time: TIME, size: SIZE, power: POWER, "bit rate": BIT_RATE, "energy per byte": ENERGY_PER_BYTE, money: MONEY, fraction: SHARE }))
    .flatMap(([quantity, table]) => Object.keys(table).map((unit): [string, string] => [unit, quantity])),
);

/** Second spellings, accepted and left out of messages. */
const SECOND_SPELLINGS: ReadonlySet<string> = new Set(["µs", "day", "days", "weeks", "bps", "kbps", "Mbps", "Gbps", "µJ/B", "cents"]);

/** Number, then an optional unit. Bounded lengths, so that matching is linear. */
const NUMBER_AND_UNIT = /^([+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,4})?) ?([A-Za-zµ%][A-Za-zµ/]{0,12})?$/;
const GROUPED_DIGITS = /^\d{1,3}(?:_\d{3}){1,12}$/;

interface QuantitySpec extends Partial<QuantityMeta> {
  readonly quantity: string;
  readonly low: number;
  readonly high: number;
  readonly table: UnitTable;
}

/** A time. Base unit: seconds. At most 1e9 s, so that microseconds stay exact integers. */
export function seconds(bounds: { readonly min?: number } = {}): QuantityParser {
  return quantity({ quantity: "time", unit: "s", table: TIME, low: bounds.min ?? 0, high: 1e9 });
}

/** A size. Base unit: bytes, a whole number up to 1e15. */
export function bytes(): QuantityParser {
  return quantity({ quantity: "size", unit: "B", table: SIZE, low: 0, high: 1e15, isWhole: true });
}

/** A power. Base unit: watts, up to 1e6. */
export function watts(): QuantityParser {
  return quantity({ quantity: "power", unit: "W", table: POWER, low: 0, high: 1e6 });
}

/** A bit rate. Base unit: bits per second, above 0 and up to 1e13. */
export function bitRate(): QuantityParser {
  return quantity({ quantity: "bit rate", unit: "bit/s", table: BIT_RATE, low: 0, isLowExcluded: true, high: 1e13 });
}

/** An energy per byte. Base unit: joules per byte, from 0 to 1. */
export function joulesPerByte(): QuantityParser {
  return quantity({ quantity: "energy per byte", unit: "J/B", table: ENERGY_PER_BYTE, low: 0, high: 1 });
}

/** An amount of money. Base unit: US dollars, from 0 to 1e9. */
export function dollars(): QuantityParser {
  return quantity({ quantity: "amount of money", unit: "USD", table: MONEY, low: 0, high: 1e9 });
}

/** A fraction from 0 to 1; text may be in percent. */
export function fraction(): QuantityParser {
  return quantity({ quantity: "fraction", unit: "", table: SHARE, low: 0, high: 1 });
}

/** A whole number from 0 to `max`. */
export function count(max: number): QuantityParser {
  return quantity({ quantity: "whole number", unit: "", table: NO_UNIT, low: 0, high: max, isWhole: true });
}

/** A whole number from 1 to `max`. */
export function positiveCount(max: number): QuantityParser {
  return quantity({ quantity: "whole number", unit: "", table: NO_UNIT, low: 1, high: max, isWhole: true });
}

/** A number above 0, up to `max`. */
export function positive(max: number): QuantityParser {
  return quantity({ quantity: "number", unit: "", table: NO_UNIT, low: 0, isLowExcluded: true, high: max });
}

/** A number from `low` to `high`, both included. */
export function numberBetween(low: number, high: number): QuantityParser {
  return quantity({ quantity: "number", unit: "", table: NO_UNIT, low, high });
}

/** Largest distance of a sum of shares from 1: rounding of shares with six decimals. */
const SHARE_TOLERANCE = 1e-6;

/** True when shares sum to 1 up to rounding. False for NaN. */
export function sumToOne(shares: Iterable<number>): boolean {
  let sum = 0;
  for (const share of shares) sum += share;
  return Math.abs(sum - 1) <= SHARE_TOLERANCE;
}

/** Shares by free name, at least one. Sum 1. A map in a config replaces the default whole. */
export function namedShares(): z.ZodType<Record<string, number>, Record<string, number | string>> {
  return z.record(z.string().min(1), fraction(), { error: "be a map from names to fractions" })
    .refine((shares) => sumToOne(Object.values(shares)), { error: shareSumRule })
    .meta({ isWholeMap: true });
}

/** Shares of a fixed list of names; a name left out has share 0. Sum 1. A map in a config replaces the default whole. */
export function probabilityShares<const Name extends string>(
  names: readonly Name[],
): z.ZodType<Record<Name, number>, Partial<Record<Name, number | string>>> {
  const shape: Record<string, z.ZodDefault<QuantityParser>> = {};
  for (const name of names) shape[name] = fraction().default(0);
  const shares = z.strictObject(shape)
    .refine((values) => sumToOne(Object.values(values)), { error: shareSumRule })
    .meta({ isWholeMap: true });
  return shares as unknown as z.ZodType<Record<Name, number>, Partial<Record<Name, number | string>>>;
}

const shareSumRule = "have shares that sum to 1";

/** The rule of a quantity as words after "must": what it is, its range, its units. */
export function quantityRule(meta: QuantityMeta): string {
  const unit = meta.unit === "" ? "" : ` ${meta.unit}`;
  const article = /^[aeiou]/.test(meta.quantity) ? "an" : "a";
  const [low, high] = [formatBound(meta.low), formatBound(meta.high)];
  const range = meta.isLowExcluded ? `above ${low}${unit} and up to ${high}${unit}` : `from ${low}${unit} to ${high}${unit}`;
  const units = meta.units.length === 0 ? "" : `, as a number${unit === "" ? "" : ` of${unit}`} or with a unit (${renderUnits(meta)})`;
  return `be ${article} ${meta.quantity} ${range}${units}`;
}

function renderUnits(meta: QuantityMeta): string {
  return meta.units.filter((unit) => !SECOND_SPELLINGS.has(unit)).join(", ");
}

/** Plain digits or powers of ten, whichever is shorter. */
function formatBound(bound: number): string {
  const power = bound.toExponential().replace("e+", "e");
  return power.length < String(bound).length ? power : String(bound);
}

function quantity(spec: QuantitySpec): QuantityParser {
  const meta: QuantityMeta = {
    quantity: spec.quantity, unit: spec.unit ?? "", units: Object.keys(spec.table), low: spec.low, high: spec.high,
    isLowExcluded: spec.isLowExcluded ?? false, isWhole: spec.isWhole ?? false,
  };
  const rule = quantityRule(meta);
  return z.union([z.number(), z.string()], { error: rule }).transform((value, context) => {
    const number = typeof value === "number" ? value : parseNumberWithUnit(value, spec.table);
    const inBase = number !== undefined && meta.isWhole ? snapToWhole(number) : number;
    if (inBase !== undefined && isInRange(inBase, meta)) return inBase;
    context.issues.push({ code: "custom", message: rule, input: value, params: { unitHint: unitHint(value, meta) } });
    return z.NEVER;
  }).meta({ ...meta });
}

/** Number in the base unit, or undefined when the text is not a number with a unit of the table. */
function parseNumberWithUnit(text: string, table: UnitTable): number | undefined {
  const trimmed = text.trim();
  if (Object.keys(table).length === 0) return GROUPED_DIGITS.test(trimmed) ? Number(trimmed.replaceAll("_", "")) : undefined;
  const match = NUMBER_AND_UNIT.exec(trimmed);
  const unit = match?.[2];
  if (match === null || unit === undefined || !Object.hasOwn(table, unit)) return undefined;
  const [multiply, divide] = table[unit]!;
  return (Number(match[1]) * multiply) / divide;
}

/** Removes the rounding of a unit conversion ("1.1 GB"); leaves real fractions as they are. */
function snapToWhole(number: number): number {
  const whole = Math.round(number);
  return Math.abs(number - whole) <= 1e-9 * Math.abs(whole) ? whole : number;
}

/** Written positively, so that NaN is out of range. */
function isInRange(number: number, meta: QuantityMeta): boolean {
  const aboveLow = meta.isLowExcluded ? number > meta.low : number >= meta.low;
  return aboveLow && number <= meta.high && (!meta.isWhole || Number.isSafeInteger(number));
}

/** A sentence on the unit of a refused text, when the unit is the trouble. */
function unitHint(value: number | string, meta: QuantityMeta): string | undefined {
  if (typeof value !== "string") return undefined;
  const match = NUMBER_AND_UNIT.exec(value.trim());
  if (match === null) return undefined;
  const unit = match[2];
  if (meta.units.length === 0) return "Write a plain number without quotes and without a unit.";
  if (unit === undefined) return `Write the number without quotes, or add a unit: ${renderUnits(meta)}.`;
  if (meta.units.includes(unit)) return undefined;
  const other = QUANTITY_OF_UNIT.get(unit);
  return other === undefined
    ? `The unit ${JSON.stringify(unit)} is not known here. Units: ${renderUnits(meta)}.`
    : `${unit} is a unit of ${other}; this key takes a ${meta.quantity}. Units: ${renderUnits(meta)}.`;
}
