/**
 * Returns a time in the format of a `datetime-local` input: in the viewer's time zone, without
 * seconds.
 */
export function toLocalTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, "2026-11-22T10:00".length);
}

/**
 * Converts the value of a `datetime-local` input to a time in UTC (ISO 8601). Returns an empty text
 * when the value is not a time.
 */
export function toIsoTime(local: string): string {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}
