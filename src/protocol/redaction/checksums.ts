/** Check digits of numbers that belong to one person. Each takes the number as it stands in a text. */

const digitsOf = (text: string): number[] => Array.from(text.replace(/\D/g, ""), Number);
const weigh = (digits: readonly number[], weights: readonly number[]): number => weights.reduce((sum, weight, index) => sum + weight * digits[index]!, 0);

/** Luhn's sum over the digits is a multiple of ten. @source ISO/IEC 7812-1 annex B. */
export function fitsLuhn(text: string): boolean {
  const digits = digitsOf(text).reverse();
  const sum = digits.reduce((total, digit, index) => total + (index % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit), 0);
  return digits.length > 1 && sum % 10 === 0 && digits.some((digit) => digit !== 0);
}

/** The remainder by 97 of an IBAN, letters as 10 to 35, first four characters last, is one. @source ISO 13616-1; ISO/IEC 7064 MOD 97-10. */
export function fitsIban(text: string): boolean {
  const compact = text.replace(/\s/g, "").toUpperCase(), turned = compact.slice(4) + compact.slice(0, 4);
  let rest = 0;
  for (const character of turned) {
    const value = Number.parseInt(character, 36);
    rest = (value < 10 ? rest * 10 + value : rest * 100 + value) % 97;
  }
  return rest === 1;
}

/** No area 000, 666 or 9xx, no group 00, no serial 0000. Areas above 772 were given out from 2011. @source Social Security Administration, POMS RM 10201.035. */
export function fitsSocialSecurity(text: string): boolean {
  const [area, group, serial] = text.split(/[- ]/);
  return area !== "000" && area !== "666" && !area!.startsWith("9") && group !== "00" && serial !== "0000";
}

/** The letter of a Spanish DNI or NIE is the number's remainder by 23. @source Real Decreto 1553/2005. */
export function fitsSpanishId(text: string): boolean {
  const number = Number(text.slice(0, -1).replace(/^[XYZ]/i, (letter) => String("XYZ".indexOf(letter.toUpperCase()))));
  return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] === text.at(-1)!.toUpperCase();
}

/** Weighted sum of a Polish PESEL. @source Ustawa o ewidencji ludnosci, 2010. */
export function fitsPesel(text: string): boolean {
  const digits = digitsOf(text);
  return (10 - weigh(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10 === digits[10];
}

/** Weighted sum modulo 11 of a British NHS number. @source NHS Data Dictionary, NHS NUMBER. */
export function fitsNhsNumber(text: string): boolean {
  const digits = digitsOf(text), check = (11 - weigh(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
  return check !== 10 && check === digits[9];
}

/** The key of a French NIR is 97 minus the number's remainder by 97; Corsica's 2A and 2B count as 19 and 18. @source INSEE. */
export function fitsNir(text: string): boolean {
  const compact = text.replace(/\s/g, "").toUpperCase().replace("2A", "19").replace("2B", "18");
  return 97 - Number(compact.slice(0, 13)) % 97 === Number(compact.slice(13));
}

/** Between 7 and 15 digits, as the longest international number has. @source ITU-T E.164. */
export function fitsPhone(text: string): boolean {
  const count = digitsOf(text.replace(/x.*/, "")).length;
  return count >= 7 && count <= 15;
}

/** Four numbers up to 255. */
export function fitsIpv4(text: string): boolean { return text.split(".").every((part) => Number(part) <= 255); }
