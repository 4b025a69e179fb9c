const MAX_MS = 24 * 60 * 60_000;

/**
 * How long an endpoint asks us to wait: seconds or an HTTP date (RFC 9110, 10.2.3), at most a day.
 * Undefined when it does not ask, or not in a way that can be read.
 */
export function parseRetryAfter(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1_000, MAX_MS);
  // Date.parse() takes much that is no HTTP date, such as "-1".
  const atMs = /^[A-Z][a-z]{2},? .*\d{4}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.min(Math.max(atMs - nowMs, 0), MAX_MS);
}
