/**
 * Width of text in the figures' font, so that layout does not depend on a browser or on installed fonts.
 * Source: advance widths (hmtx) of Inter 4 latin, weights 400 and 700, by Rasmus Andersson, SIL OFL 1.1, as packed in @fontsource/inter
 * 5.3.0, in thousandths of the font size. Kerning is left out: it is under 1% of a line.
 */

/** Widths of the characters 32 to 126. */
const REGULAR: readonly number[] = [
  281, 288, 466, 633, 642, 982, 644, 300, 365, 365, 501, 662, 288, 460, 288, 360, 631, 407, 610, 618, 646, 593, 620, 566,
  619, 620, 288, 302, 662, 662, 662, 511, 966, 690, 654, 730, 722, 601, 590, 746, 743, 269, 571, 672, 565, 903, 753, 765,
  639, 765, 644, 642, 646, 744, 690, 985, 682, 679, 629, 365, 360, 365, 471, 456, 323, 562, 612, 571, 612, 583, 370, 613,
  591, 242, 242, 549, 242, 876, 591, 600, 612, 612, 376, 528, 327, 591, 562, 818, 546, 562, 552, 426, 333, 426, 662,
];
const BOLD: readonly number[] = [
  237, 338, 552, 649, 655, 1016, 672, 339, 377, 377, 559, 679, 334, 468, 334, 388, 674, 431, 630, 646, 676, 622, 649, 582,
  651, 649, 334, 343, 679, 679, 679, 560, 1016, 747, 662, 740, 722, 607, 587, 750, 747, 281, 584, 719, 565, 932, 762, 771,
  648, 777, 657, 655, 667, 732, 747, 1038, 738, 731, 664, 377, 388, 377, 487, 476, 365, 581, 630, 588, 630, 596, 398, 632,
  623, 271, 271, 580, 271, 913, 623, 613, 630, 630, 407, 560, 366, 623, 600, 850, 580, 602, 573, 469, 372, 469, 679,
];
const REGULAR_OTHER: Readonly<Record<string, number>> = { "·": 288, "×": 662, "±": 662, "°": 456, "–": 500, "—": 1000, "…": 864, "−": 662, "↓": 834, "↑": 834, "µ": 586, "’": 261, "“": 440, "”": 440, "•": 563, "€": 667, "²": 442 };
const BOLD_OTHER: Readonly<Record<string, number>> = { "·": 334, "×": 679, "±": 679, "°": 459, "–": 500, "—": 1000, "…": 1002, "−": 679, "↓": 905, "↑": 905, "µ": 628, "’": 311, "“": 540, "”": 532, "•": 474, "€": 685, "²": 460 };
/** A character that the table lacks: about the widest letter, so that nothing is cut off. */
const UNKNOWN_WIDTH = 800;
const FIRST_CODE = 32;

/**
 * Width of one line.
 *
 * @param fontSize Pixels.
 * @param weight 600 and above use the bold widths.
 * @returns Pixels.
 */
export function textWidth(text: string, fontSize: number, weight: number = 400): number {
  const isBold = weight >= 600;
  const widths = isBold ? BOLD : REGULAR, others = isBold ? BOLD_OTHER : REGULAR_OTHER;
  let sum = 0;
  for (const character of text) sum += widths[character.codePointAt(0)! - FIRST_CODE] ?? others[character] ?? UNKNOWN_WIDTH;
  return sum * fontSize / 1000;
}

/** Spaces where a line may be cut: not before a word of one or two letters, such as a unit after its number. */
const CUT = / (?!\S{1,2}(?: |$))/;

/** Text in lines of at most `width` pixels, cut between words. */
export function wrapText(text: string, width: number, fontSize: number, weight: number = 400): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(CUT)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer, fontSize, weight) > width) { lines.push(line); line = word; }
    else line = longer;
  }
  return [...lines, line];
}
