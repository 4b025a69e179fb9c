/** Enough for the servers of many providers. More different texts are made up by a server. */
const MAX_TEXTS = 200;
/** A longer text is not kept. */
const MAX_LENGTH = 2_000;

/**
 * Keeps one copy of equal texts. Thousands of users have the same mail server, and each copy of its
 * capabilities costs half a kilobyte.
 */
export class SharedTexts {
  readonly #texts = new Map<string, string>();

  /** Returns an equal text: the same object for each call. */
  share(text: string): string {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (text.length > MAX_LENGTH) return text;
    if (this.#texts.size >= MAX_TEXTS) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }
}
