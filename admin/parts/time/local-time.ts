/** Returns a time in the format of a `datetime-local` input: in the viewer's zone, to the minute. */
export function toLocalTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const shifted = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, "2026-11-22T10:00".length);
}

/**
 * Returns the value of a `datetime-local` input as a time in UTC (ISO 8601); empty when the value
 * is not a time.
 */
export function toIsoTime(local: string): string {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}
