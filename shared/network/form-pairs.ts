import { isDecodable } from "../mail/is-decodable.ts";

/**
 * The names and values of a form or a query, in order (WHATWG URL, 5.1). URLSearchParams alone puts U+FFFD in the place of
 * what it cannot decode: a password in Latin-1 would be stored as another one.
 *
 * @returns undefined when a percent sign begins no escape, or the escapes are no UTF-8.
 */
export const formPairs = (text: string): [name: string, value: string][] | undefined =>
  isDecodable(text) ? [...new URLSearchParams(text)] : undefined;
