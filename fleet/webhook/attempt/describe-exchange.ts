import { createHash } from "node:crypto";
import type { LoggedRequest, ShownHeaders } from "../../../shared/network/logged-request.ts";
import { type PostRequest, toHeaders } from "../../dialling/exchange.ts";

const MASK = "***";
/** The maximum length of a request header's value that is kept. */
const MAX_VALUE = 1_024;
/** The maximum length of all kept headers of an answer, names and values. */
const MAX_ANSWER_HEADERS = 1_024;
/** An endpoint may put secrets into headers with such names. */
const SECRET_NAME = /auth|cookie|token|secret|session|password|key/;

/**
 * Describes a request for the log of attempts, without its secrets. Null if `url` is not a URL.
 *
 * @param shownUrl The URL with its secrets masked.
 */
export function describeRequest(
  url: string,
  shownUrl: string,
  request: PostRequest,
): LoggedRequest | null {
  const parsed = URL.parse(url);
  if (!parsed) return null;
  const headers = Object.entries(toHeaders(parsed, request)).map(([name, value]) => [
    name,
    name === "authorization" ? MASK : String(value).slice(0, MAX_VALUE),
  ]);
  return {
    url: shownUrl,
    headers: Object.fromEntries(headers),
    body_bytes: Buffer.byteLength(request.body),
    body_sha256: createHash("sha256").update(request.body).digest("hex"),
  };
}

/**
 * Returns the first headers of an answer, about 1 KiB, with secrets masked. Removes NUL, which
 * PostgreSQL does not allow.
 */
export function pickAnswerHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): ShownHeaders {
  const kept: [name: string, value: string][] = [];
  let length = 0;
  for (const [name, given = ""] of Object.entries(headers)) {
    const text = typeof given === "string" ? given : given.join(", ");
    const value = SECRET_NAME.test(name.toLowerCase()) ? MASK : text.replaceAll("\0", "");
    length += name.length + value.length;
    if (length > MAX_ANSWER_HEADERS) break;
    kept.push([name.toLowerCase(), value]);
  }
  return Object.fromEntries(kept);
}
