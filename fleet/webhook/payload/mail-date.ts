const DAY = /^\s*(?:[a-z]{3,9}\s*,?\s*)?(\d{1,2})[\s-]+([a-z]{3})[a-z]*[\s-]+(\d{2,4})/i;
const TIME = /^\s+(\d{1,2}):(\d{2})(?::(\d{2}))?/;
const ZONE = /^\s*([+-]\d{4}|[a-z]{1,5})?/i;
/** RFC 5322, 4.3; all other names mean nothing certain, which is +0000. */
const ZONES: Readonly<Record<string, string>> = {
  EDT: "-0400",
  EST: "-0500",
  CDT: "-0500",
  CST: "-0600",
  MDT: "-0600",
  MST: "-0700",
  PDT: "-0700",
  PST: "-0800",
};

/**
 * A Date header (RFC 5322, 3.3, with the years and zones of 4.3) in ISO 8601 and UTC; null when it is
 * none. `Date.parse()` alone takes other things for dates in each runtime.
 */
export function isoDateOf(text: string): string | null {
  const day = DAY.exec(text);
  const time = day && TIME.exec(text.slice(day[0].length));
  if (!time) return null;
  const zone = ZONE.exec(text.slice(day[0].length + time[0].length))?.[1] ?? "";
  const [, date, month, year = ""] = day;
  const [, hours, minutes, seconds = "00"] = time;
  const offset = /^[+-]/.test(zone) ? zone : (ZONES[zone.toUpperCase()] ?? "+0000");
  const ms = Date.parse(
    `${date} ${month} ${wholeYear(year)} ${hours}:${minutes}:${seconds} ${offset}`,
  );
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** RFC 5322, 4.3: two digits from 50 on, and three digits, are of the last century. */
function wholeYear(text: string): number {
  const year = Number(text);
  if (text.length === 3) return 1_900 + year;
  if (text.length === 2) return year < 50 ? 2_000 + year : 1_900 + year;
  return year;
}
