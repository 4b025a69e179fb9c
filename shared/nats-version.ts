/**
 * The oldest supported version of nats-server. An older version may not know all of our settings,
 * and it would ignore the unknown ones without an error.
 */
export const OLDEST_NATS = "2.10.5";

/**
 * Whether a server is older than `OLDEST_NATS`. A version that cannot be read counts as too old.
 */
export const isTooOldNats = (version: string | undefined): boolean =>
  parseVersion(version ?? "").length === 0 || compareVersions(version ?? "", OLDEST_NATS) < 0;

/**
 * Compares the numbers of versions such as `2.10.5` and `2.11.0-RC.1`. A number that only one
 * version has is ignored: `2.11` equals `2.11.3`.
 *
 * @returns Below 0 when `a` is older, above 0 when it is newer.
 */
export function compareVersions(a: string, b: string): number {
  const [theirs, ours] = [parseVersion(a), parseVersion(b)];
  for (const [place, wanted] of ours.entries()) {
    const found = theirs[place] ?? wanted;
    if (found !== wanted) return found - wanted;
  }
  return 0;
}

const parseVersion = (version: string) =>
  version
    .split(".")
    .map((part) => Number.parseInt(part, 10))
    .filter((number) => !Number.isNaN(number));
