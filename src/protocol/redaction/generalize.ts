/** Coarser words for personal data: less is given away, less can be answered, and there is no way back. */
import type { SpanType } from "./personal-span.js";

/** What stands for a type of which nothing coarser can be said. */
const KINDS: Readonly<Record<SpanType, string>> = {
  PERSON: "a person", TITLE: "", AGE: "an age", NRP: "a nationality", GPE: "a place", STREET_ADDRESS: "an address", ZIP_CODE: "a postcode", ORGANIZATION: "an organisation",
  PHONE_NUMBER: "a phone number", EMAIL_ADDRESS: "an e-mail address", DOMAIN_NAME: "a web address", IP_ADDRESS: "an IP address", CREDIT_CARD: "a card number",
  IBAN_CODE: "an account number", US_SSN: "an identity number", US_DRIVER_LICENSE: "an identity number", DATE_TIME: "a date", NATIONAL_ID: "an identity number",
  MONEY: "an amount", PROFILE: "a personal detail",
};

/** The coarser form: decade of an age, year of a date, power of ten of an amount, kind of everything else. */
export function generalizeSpan(type: SpanType, original: string): string {
  switch (type) {
    case "AGE": return decadeOf(original) ?? KINDS.AGE;
    case "DATE_TIME": return /(?:19|20)\d\d/.exec(original)?.[0] ?? KINDS.DATE_TIME;
    case "MONEY": return scaleOf(original) ?? KINDS.MONEY;
    default: return KINDS[type];
  }
}

function decadeOf(text: string): string | undefined {
  const age = Number(/\d+/.exec(text)?.[0] ?? NaN);
  return Number.isNaN(age) ? undefined : `${Math.floor(age / 10) * 10} to ${Math.floor(age / 10) * 10 + 9}`;
}

function scaleOf(text: string): string | undefined {
  const digits = /\d[\d,]*/.exec(text)?.[0].replace(/,/g, "").replace(/^0+/, "") ?? "", unit = /k|thousand|m|million|bn|billion/.exec(text.replace(/^[^\d]*[\d.,]+ ?/, ""))?.[0] ?? "";
  if (digits === "") return undefined;
  return `about ${`1${"0".repeat(digits.length - 1)}`}${unit.length > 1 ? ` ${unit}` : unit}`;
}
