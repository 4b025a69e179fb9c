import { withoutComments } from "./comments.ts";

/** Matches an optional weekday in any language, then day, month and year. */
const DAY =
  /^\s*(?:\p{L}{2,12}\.?\s*,?\s*)?(\d{1,2})\.?[\s-]+([a-z]{3})[a-z]*\.?,?[\s-]+(\d{2,4})\b,?/iu;
const TIME = /^\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?:\s*([ap])\.?m\b\.?)?/i;
/** Matches `+0100`, `+01:00` or `-5`, also directly after a zone's name, as in `GMT+1`. */
const OFFSET = /^(?:[a-z]{1,5})?\s*([+-])\s*(?:(\d\d)(\d\d)|(\d{1,2})(?::(\d\d))?)(?![\d:])/i;
const ZONE_NAME = /^[a-z]{1,5}$/i;

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** Characters that programs write instead of `-`, such as dashes and the minus sign (U+2212). */
const DASHES = /[\u00AD\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]/g;
const WIDE_PLUS = /[\uFE62\uFF0B]/g;

/**
 * The offsets of named zones, in hours east of UTC. Contains the zones of RFC 5322, 4.3, and names
 * with only one meaning in mail.
 */
const ZONES: Readonly<Record<string, number>> = {
  ...{ EDT: -4, EST: -5, CDT: -5, CST: -6, MDT: -6, MST: -7, PDT: -7, PST: -8 },
  ...{ AKDT: -8, AKST: -9, HST: -10, BRT: -3, WET: 0, WEST: 1, BST: 1 },
  ...{ CET: 1, MET: 1, MEZ: 1, CEST: 2, MEST: 2, MESZ: 2, EET: 2, EEST: 3, SAST: 2, MSK: 3 },
  ...{ AWST: 8, HKT: 8, SGT: 8, JST: 9, KST: 9, AEST: 10, AEDT: 11, NZST: 12, NZDT: 13 },
};
/** The largest offset: no place on earth is further from UTC. */
const MAX_OFFSET_MINUTES = 15 * 60;

/**
 * Converts a Date header (RFC 5322, 3.3 and 4.3) to ISO 8601 in UTC. Unlike `Date.parse()`, accepts
 * the same texts in each runtime.
 *
 * - A missing zone or an unknown zone name means UTC (4.3).
 * - Returns null if the date or its offset cannot be parsed. A missing time is better than a wrong
 *   one.
 */
export function parseMailDate(text: string): string | null {
  const plain = withoutComments(text.slice(0, 1_000))
    .replaceAll(DASHES, "-")
    .replaceAll(WIDE_PLUS, "+");
  const day = DAY.exec(plain);
  const time = day && TIME.exec(plain.slice(day[0].length));
  if (!time) return null;
  const midnightMs = parseMidnight(day);
  const minutes = parseMinutes(time);
  const offset = parseOffset(plain.slice(day[0].length + time[0].length).trim());
  if (midnightMs === null || minutes === null || offset === null) return null;
  const seconds = Number(time[3] ?? 0);
  return seconds > 60
    ? null
    : new Date(midnightMs + (minutes - offset) * 60_000 + seconds * 1_000).toISOString();
}

function parseMidnight([, date, month = "", year = ""]: RegExpExecArray): number | null {
  const at = new Date(0);
  at.setUTCFullYear(wholeYear(year), MONTHS.indexOf(month.toLowerCase()), Number(date));
  // Without this check, February 30 would become March 2, and an unknown month would become
  // December.
  const isReal =
    MONTHS[at.getUTCMonth()] === month.toLowerCase() && at.getUTCDate() === Number(date);
  return isReal ? at.getTime() : null;
}

/** Returns the minutes since midnight; null if there is no such time. */
function parseMinutes([, hours, minutes, , half]: RegExpExecArray): number | null {
  const hour = half ? (Number(hours) % 12) + (half.toLowerCase() === "p" ? 12 : 0) : Number(hours);
  const isReal = Number(hours) <= (half ? 12 : 23) && Number(minutes) < 60;
  return isReal ? hour * 60 + Number(minutes) : null;
}

/** Returns the minutes east of UTC; null if the zone cannot be parsed. */
function parseOffset(zone: string): number | null {
  const numeric = OFFSET.exec(zone);
  if (numeric) {
    const [, sign, hours, minutes, hoursAlone, minutesApart] = numeric;
    const minutesOfHour = Number(minutes ?? minutesApart ?? 0);
    const total = Number(hours ?? hoursAlone) * 60 + minutesOfHour;
    if (minutesOfHour > 59 || total > MAX_OFFSET_MINUTES) return null;
    return sign === "-" ? -total : total;
  }
  if (zone === "") return 0;
  return ZONE_NAME.test(zone) ? (ZONES[zone.toUpperCase()] ?? 0) * 60 : null;
}

/**
 * Returns the whole year (RFC 5322, 4.3). Adds 2000 to a year from 00 to 49. Adds 1900 to any other
 * year of two or three digits.
 */
function wholeYear(text: string): number {
  const year = Number(text);
  if (text.length === 3) return 1_900 + year;
  if (text.length === 2) return year < 50 ? 2_000 + year : 1_900 + year;
  return year;
}
