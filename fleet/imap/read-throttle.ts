const PAUSE = /Request is throttled.{0,100}?Backoff Time[:=\s]{1,5}(\d{1,9})/i;

/**
 * Returns how many milliseconds the server asks the client to wait, or null. Microsoft 365 sends:
 * `BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds`.
 */
export function readThrottleMs(text: string): number | null {
  const ms = PAUSE.exec(text)?.[1];
  return ms === undefined ? null : Number(ms);
}
