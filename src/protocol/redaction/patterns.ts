/** Forms of personal data: a pattern, a check of what it found, and how much a find says. */
import {
  fitsIban, fitsIpv4, fitsLuhn, fitsNhsNumber, fitsNir, fitsPesel, fitsPhone, fitsSocialSecurity, fitsSpanishId,
} from "./checksums.js";
import { STRENGTH, type SpanType } from "./personal-span.js";

/** A form. Where the pattern has a group called `span`, that is the find; the rest is what stands around it. */
export interface SpanPattern { readonly type: SpanType; readonly pattern: RegExp; readonly fits?: (text: string) => boolean; readonly strength: number }

const MONTH = "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\\.?";
const YEAR = "(?:19|20)\\d\\d", DAY = "\\d{1,2}(?:st|nd|rd|th)?", CLOCK = "(?:[ T]\\d{1,2}:\\d\\d(?::\\d\\d)?(?: ?[ap]m)?)?";
const CURRENCY = "(?:dollars?|euros?|pounds?|francs?|USD|EUR|GBP|CHF|JPY)", AMOUNT = "\\d+(?:[.,]\\d+)*(?: ?(?:k|thousand|million|m|bn|billion))?";
/** Words for streets, alone before or after a name, and endings grown together with it. */
const STREET_WORD = "(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Square|Place|Court|Way|Boulevard|Blvd|Terrace|Crescent|Close|Row|Parade|Highway|Hwy|Trail|Circle|Parkway|Gardens|Grove)";
const STREET_FRONT = "(?:[Rr]ue|Via|Viale|Piazza|Piazzetta|Calle|Avenida|Avda|C/|Rua|Travessa|[Uu]l\\.|[Uu]lica|Rúa|Plaza|Paseo|Largo|Strada|Corso|Chemin|Impasse)";
const STREET_END = "(?:stra(?:ß|ss)e|str\\.|weg|gasse|platz|allee|ga[td]e|gatan|v[äa]gen|vej|veien|katu|tie|kuja|straat|laan|plein|utca|krog|ulica|stræde)";
const WORD = "\\p{L}[\\p{L}.'’-]*", NAME = `\\p{Lu}[\\p{L}.'’-]*`, UNIT = "(?:Apt|Suite|Ste|Unit|Flat|Room|Floor)\\.? ?#?\\d+";

const form = (type: SpanType, source: string, strength: number, fits?: (text: string) => boolean, flags = "gu"): SpanPattern => (
  { type, pattern: new RegExp(source, flags), strength, ...(fits === undefined ? {} : { fits }) });

/** All forms. A find that begins or ends inside a longer word or number is none. */
export const SPAN_PATTERNS: readonly SpanPattern[] = [
  form("EMAIL_ADDRESS", "(?<![\\w.+-])[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+", STRENGTH.checksum),
  form("DOMAIN_NAME", "https?://[^\\s<>\"')\\]]*[^\\s<>\"')\\].,;:!?]|(?<![\\w@.-])www\\.[\\w-]+(?:\\.[\\w-]+)+", STRENGTH.checksum),
  form("IBAN_CODE", "(?<![A-Za-z0-9])[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])", STRENGTH.checksum, fitsIban, "giu"),
  form("CREDIT_CARD", "(?<![\\w-])[1-6]\\d{3}(?:[ -]?\\d){8,15}(?![\\w-])", STRENGTH.checksum, fitsLuhn),
  form("CREDIT_CARD", "\\b(?:card|visa|mastercard|amex)\\b[^\\d\\n]{0,25}(?<span>\\d{11,19})(?!\\w)", STRENGTH.context, undefined, "giu"),
  form("US_SSN", "(?<![\\w-])\\d{3}-\\d{2}-\\d{4}(?![\\w-])", STRENGTH.form, fitsSocialSecurity),
  form("US_SSN", "(?:social security|\\bssn\\b)[^\\d\\n]{0,25}(?<span>\\d{3}[- ]?\\d{2}[- ]?\\d{4})(?!\\w)", STRENGTH.checksum, undefined, "giu"),
  form("US_DRIVER_LICENSE", "driver'?s?'? ?licen[cs]e[^\\d\\n]{0,30}?(?<span>[A-Z]?[\\d-]{6,16})(?!\\w)", STRENGTH.checksum, undefined, "giu"),
  form("NATIONAL_ID", "(?<!\\w)[XYZ\\d]\\d{7}-?[A-Z](?!\\w)", STRENGTH.checksum, (text) => fitsSpanishId(text.replace("-", ""))),
  form("NATIONAL_ID", "(?<!\\w)[A-CEGHJ-PR-TW-Z]{2} ?\\d{2} ?\\d{2} ?\\d{2} ?[A-D](?!\\w)", STRENGTH.form),
  form("NATIONAL_ID", "(?<!\\w)[12] ?\\d{2} ?\\d{2} ?(?:\\d{2}|2[AB]) ?\\d{3} ?\\d{3} ?\\d{2}(?!\\w)", STRENGTH.checksum, fitsNir),
  form("NATIONAL_ID", "\\bpesel\\b[^\\d\\n]{0,15}(?<span>\\d{11})(?!\\w)", STRENGTH.checksum, fitsPesel, "giu"),
  form("NATIONAL_ID", "\\bnhs\\b[^\\d\\n]{0,20}(?<span>\\d{3} ?\\d{3} ?\\d{4})(?!\\w)", STRENGTH.checksum, fitsNhsNumber, "giu"),
  form("NATIONAL_ID", "(?<!\\w)(?:19|20)?\\d{6}[-+]\\d{4}(?!\\w)", STRENGTH.checksum, (text) => fitsLuhn(text.replace(/\D/g, "").slice(-10))),
  form("IP_ADDRESS", "(?<![\\w.])\\d{1,3}(?:\\.\\d{1,3}){3}(?![\\w.]*\\w)", STRENGTH.checksum, fitsIpv4),
  form("IP_ADDRESS", "(?<![\\w:])(?:[\\da-f]{1,4}:){7}[\\da-f]{1,4}(?![\\w:])|(?<![\\w:])(?:[\\da-f]{1,4}:){1,6}(?::[\\da-f]{1,4}){1,6}(?![\\w:])", STRENGTH.checksum, undefined, "giu"),
  form("DATE_TIME", `(?<![\\w/-])${YEAR}-\\d\\d?-\\d\\d?${CLOCK}(?![\\w/-])|(?<![\\w/.])\\d{1,2}([/.])\\d{1,2}\\1(?:${YEAR}|\\d\\d)${CLOCK}(?![\\w/]|\\.\\d)`, STRENGTH.form),
  form("DATE_TIME", `\\b(?:${DAY} (?:of )?${MONTH}(?:,? ${YEAR})?|${MONTH} ${DAY}(?:,? ${YEAR})?|${MONTH},? ${YEAR})(?!\\w)`, STRENGTH.form, undefined, "giu"),
  form("DATE_TIME", "\\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\\b", STRENGTH.form, undefined, "giu"),
  form("DATE_TIME", `(?<![\\w/.-])${YEAR}(?![\\w/-]|\\.\\d)`, STRENGTH.context),
  form("MONEY", `[$€£¥] ?${AMOUNT}(?!\\w)|(?<![\\w.])${AMOUNT} ?(?:[€£]|${CURRENCY}\\b)|\\b(?:USD|EUR|GBP|CHF|JPY) ?${AMOUNT}(?!\\w)`, STRENGTH.form),
  form("AGE", "\\b(?:aged?|turn(?:s|ed|ing)?|(?:i|he|she|they)(?:'m| am|'s| is| are| was)|age is|age:) (?:just |now |only )?(?<span>\\d{1,3})(?= ?(?:years?\\b|y/o|[.,;!?]|$| and\\b))", STRENGTH.form, isAge, "giu"),
  form("AGE", "(?<![\\w.])(?<span>\\d{1,3})[ -](?:years?|yrs?)[ -](?:old|of age)\\b", STRENGTH.form, isAge, "giu"),
  form("ZIP_CODE", "\\b(?:(?:zip|postal|post) ?code|zip:)[^\\d\\n]{0,20}(?<span>\\d[\\d -]{2,8}\\d)(?!\\w)", STRENGTH.form, undefined, "giu"),
  form("ZIP_CODE", "(?<![\\w-])[A-Z]{1,2}\\d[A-Z\\d]? \\d[A-Z]{2}(?!\\w)", STRENGTH.form),
  form("STREET_ADDRESS", `(?<![\\w-])\\d{1,5},? (?:${WORD} ){1,3}${STREET_WORD}\\b\\.?(?:,? ${UNIT})?|\\b(?:${NAME} ){1,3}${STREET_WORD}\\b(?! ?\\p{Lu}| ?\\d{5})`, STRENGTH.form),
  form("STREET_ADDRESS", `(?:(?<![\\w-])\\d{1,5},? )?(?<!\\p{L})${STREET_FRONT} (?:${WORD} ?){1,4}(?:,? ?\\d{1,5}\\w?)?(?!\\w)`, STRENGTH.form),
  form("STREET_ADDRESS", `(?:(?<![\\w-])\\d{1,5},? )?(?<!\\p{L})\\p{Lu}[\\p{L}-]*${STREET_END}(?!\\p{L})(?: \\d{1,5}\\w?)?(?!\\w)`, STRENGTH.form),
  form("STREET_ADDRESS", `(?<!\\w)(?:${UNIT}|P\\.? ?O\\.? ?Box \\d+|PSC \\d+,? Box \\d+)(?!\\w)`, STRENGTH.form),
  form("STREET_ADDRESS", `(?<![\\w-])\\d{1,5} ${NAME}(?: ${NAME}){0,3} \\d{1,5}(?!\\w)|(?<!\\p{L})${NAME}(?: ${NAME}){0,2} \\d{1,5}(?![\\w:%/-])`, STRENGTH.list),
  form("PHONE_NUMBER", "(?<![\\w.:/-])(?:\\+|00)?\\(?\\d(?:[ ().-]{0,2}\\d){6,16}(?:x\\d{1,6})?(?![\\w/-])", STRENGTH.list, fitsPhone),
  form("PERSON", `(?<!\\p{L})(?:[Mm]y name is|[Nn]amed?|[Cc]alled|[Dd]ear|[Hh]ello|Hi|[Ss]incerely,?|I am|I'm|[Tt]his is|[Nn]ame:|[Nn]ame is) (?<span>${NAME}(?: (?:\\p{Lu}\\.|${NAME})){0,3})`, STRENGTH.context),
  form("TITLE", "(?<!\\p{L})(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Madam|Herr|Frau|Mme|Rev|Capt|Sgt)\\b\\.?(?= ?\\p{Lu})", STRENGTH.form),
];

function isAge(text: string): boolean { return Number(text) <= 120; }
