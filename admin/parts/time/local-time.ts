/** The time zone of an input: the viewer's, or UTC. */
export type InputZone = "local" | "utc";

/** Returns a time in the format of a `datetime-local` input: in this zone, without seconds. */
export function toLocalTime(iso: string, zone: InputZone = "local"): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const offsetMs = zone === "utc" ? 0 : at.getTimezoneOffset() * 60_000;
  const shifted = new Date(at.getTime() - offsetMs);
  return shifted.toISOString().slice(0, "2026-11-22T10:00".length);
}

/**
 * Converts the value of a `datetime-local` input in this zone to a time in UTC (ISO 8601). Returns
 * an empty text when the value is not a time.
 */
export function toIsoTime(local: string, zone: InputZone = "local"): string {
  const at = new Date(zone === "utc" ? `${local}Z` : local);
  return Number.isNaN(at.getTime()) ? "" : at.toISOString();
}
