/** A partial of a zod object whose missing keys stay missing; zod's own partial() would fill in the defaults. */
import { z } from "zod";

/** Shape of the object with every default taken off and every key optional. */
type BareShape<Shape extends z.ZodRawShape> = {
  [Key in keyof Shape]: z.ZodOptional<Shape[Key] extends z.ZodDefault<infer Inner> ? Inner : Shape[Key] extends z.ZodPrefault<infer Inner> ? Inner : Shape[Key]>;
};

/** Same keys and rules as `object`, none required, none with a default. Descriptions are kept. */
export function withoutDefaults<Shape extends z.ZodRawShape>(object: z.ZodObject<Shape, z.core.$strict>): z.ZodObject<BareShape<Shape>, z.core.$strict> {
  const bare: Record<string, z.ZodType> = {};
  for (const [key, schema] of Object.entries(object.shape)) {
    const wrapped = schema as z.ZodType;
    const inner = wrapped instanceof z.ZodDefault || wrapped instanceof z.ZodPrefault ? wrapped.unwrap() as z.ZodType : wrapped;
    bare[key] = inner.optional().meta(wrapped.meta() ?? {});
  }
  return z.strictObject(bare) as unknown as z.ZodObject<BareShape<Shape>, z.core.$strict>;
}
