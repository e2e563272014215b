/** Where a number from outside comes from. Reports list the assumed ones. */
import { z } from "zod";

/** published: a cited document; measured: by this project or a stored data set; assumed: neither. */
export const ORIGINS = ["published", "measured", "assumed"] as const;

/** How far a number can be trusted. */
export type Origin = (typeof ORIGINS)[number];

/** The two keys that a map of outside numbers carries beside them; spread into a zod shape. */
export const origin: {
  readonly origin: z.ZodEnum<{ published: "published"; measured: "measured"; assumed: "assumed" }>;
  readonly source: z.ZodString;
} = {
  origin: z.enum(ORIGINS).describe("published: a cited document; measured: by this project or a stored data set; assumed: neither."),
  source: z.string().describe("Author, title, year or address of the numbers beside it."),
};
