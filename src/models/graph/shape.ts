/** Sizes of tensors. A dimension is a number, or a name for a size that is known only when a model runs. */
import { ShapeError } from "../../core/errors.js";

/** A size, or the name of one. */
export type Dimension = number | string;
/** Sizes from the outermost to the innermost dimension. */
export type Shape = readonly Dimension[];

/** `[2, batch, 8]`, for messages. */
export function formatShape(shape: Shape): string { return `[${shape.join(", ")}]`; }

/** Whether two shapes are the same, names included. */
export function isSameShape(a: Shape, b: Shape): boolean { return a.length === b.length && a.every((size, i) => size === b[i]); }

/**
 * Number of elements.
 *
 * @throws {ShapeError} for a shape with named sizes.
 */
export function sizeOf(shape: Shape): number {
  return shape.reduce<number>((product, size) => {
    if (typeof size === "string") throw shapeError("a shape", "have known sizes here", formatShape(shape));
    return product * size;
  }, 1);
}

/**
 * Shape of an elementwise operation: shorter shapes get ones in front, then sizes are equal or one of them is 1.
 *
 * @throws {ShapeError} otherwise.
 */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1, right = b[i - rank + b.length] ?? 1;
    if (left === right || right === 1) return left;
    if (left === 1) return right;
    throw shapeError("shapes of an elementwise operation", "have equal sizes or ones", `${formatShape(a)} and ${formatShape(b)}`);
  });
}

/**
 * An axis counted from the front.
 *
 * @param axis From -rank to rank - 1.
 * @throws {ShapeError} for an axis outside.
 */
export function axisFromFront(axis: number, shape: Shape): number {
  if (!(Number.isInteger(axis) && axis >= -shape.length && axis < shape.length)) throw shapeError("an axis", `lie within ${formatShape(shape)}`, axis);
  return axis < 0 ? axis + shape.length : axis;
}

/** An error about sizes that do not fit. */
export function shapeError(subject: string, rule: string, got: unknown): ShapeError {
  return new ShapeError({ subject, rule, got, hint: "Correct the shapes where the graph is built." });
}
