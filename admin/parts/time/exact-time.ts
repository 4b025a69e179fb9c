const PARTS: Intl.DateTimeFormatOptions = {
  ...{ year: "numeric", month: "short", day: "numeric" },
  ...{ hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" },
};
const LOCAL = new Intl.DateTimeFormat(undefined, PARTS);
const UTC = new Intl.DateTimeFormat(undefined, { ...PARTS, timeZone: "UTC" });

/** Returns a time as text with its time zone: the viewer's, or UTC. */
export const formatExactTime = (at: string, zone: "local" | "utc" = "local"): string =>
  (zone === "utc" ? UTC : LOCAL).format(new Date(at));

/** Returns a time in the viewer's time zone and in UTC. */
export const formatBothTimes = (at: string): string =>
  `${formatExactTime(at)} (${new Date(at).toISOString()})`;
