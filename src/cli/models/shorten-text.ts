/** Texts of model files on one line. */

const LONGEST_VALUE = 70;

/** The text, cut where it is too long for a line. */
export function shortenText(text: string): string { return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text; }
