import { isDecodable } from "../mail/is-decodable.ts";

/**
 * Returns the names and values of a form or a query, in order (WHATWG URL, 5.1). URLSearchParams
 * alone replaces invalid bytes by U+FFFD, and would damage a password in Latin-1.
 *
 * @returns undefined when a percent sign begins no escape, or the escapes are not valid UTF-8.
 */
export const formPairs = (text: string): [name: string, value: string][] | undefined =>
  isDecodable(text) ? [...new URLSearchParams(text)] : undefined;
