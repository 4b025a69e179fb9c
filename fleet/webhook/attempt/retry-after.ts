const MAX_MS = 24 * 60 * 60_000;

/**
 * Returns how many milliseconds an endpoint asks us to wait, at most a day. The header is a number
 * of seconds or an HTTP date (RFC 9110, 10.2.3). Undefined if it is missing or invalid.
 */
export function parseRetryAfter(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, MAX_MS);
  // Date.parse() accepts many texts that are not HTTP dates, such as "-1".
  const atMs = /^[A-Z][a-z]{2},? .*\d{4}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.min(Math.max(atMs - nowMs, 0), MAX_MS);
}
