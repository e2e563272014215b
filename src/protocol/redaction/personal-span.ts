/** Pieces of text that tell of a person. Types are named as Presidio names them; the last three are ours. */

/** Types of personal spans. */
export const SPAN_TYPES = [
  "PERSON", "TITLE", "AGE", "NRP", "GPE", "STREET_ADDRESS", "ZIP_CODE", "ORGANIZATION", "PHONE_NUMBER", "EMAIL_ADDRESS", "DOMAIN_NAME", "IP_ADDRESS",
  "CREDIT_CARD", "IBAN_CODE", "US_SSN", "US_DRIVER_LICENSE", "DATE_TIME", "NATIONAL_ID", "MONEY", "PROFILE",
] as const;
/** A type of personal span. NRP: nationality, religion or politics; GPE: country, state or city; PROFILE: from the user's own profile. */
export type SpanType = (typeof SPAN_TYPES)[number];

/** A piece of a text. Places in UTF-16 units, the end excluded. */
export interface PersonalSpan { readonly type: SpanType; readonly start: number; readonly end: number }

/** A piece with what speaks for it; where two overlap, the stronger one stands. */
export interface FoundSpan extends PersonalSpan { readonly strength: number }

/** What speaks for a span. A checksum that fits seldom fits by chance; a capital letter is a hint. */
export const STRENGTH = { profile: 6, checksum: 5, form: 4, context: 3, list: 2, shape: 1 } as const;
