/** Whether a text names a value, as whole words, in any case. */
export function hasMention(value: string, text: string): boolean {
  return new RegExp(`(?<![\\w%+-])${value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w%+-])`, "i").test(text);
}
