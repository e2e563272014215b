/** Holds the beginning of a stream back until it is certain what it is. */

/**
 * Joins the first pieces of text for as long as `isOpen` cannot tell from them what is coming.
 *
 * @param isOpen Whether the text so far could still become what is watched for.
 */
export async function* holdStart<End>(source: AsyncGenerator<string, End>, isOpen: (text: string) => boolean): AsyncGenerator<string, End> {
  let held = "", isHolding = true, step = await source.next();
  try {
    for (; step.done !== true; step = await source.next()) {
      if (!isHolding) { yield step.value; continue; }
      held += step.value;
      if (isOpen(held)) continue;
      isHolding = false;
      yield held;
    }
    if (isHolding && held !== "") yield held;
    return step.value;
  } finally {
    if (step.done !== true) await source.return(undefined as End);
  }
}
