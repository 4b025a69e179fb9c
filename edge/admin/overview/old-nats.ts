/**
 * The oldest line of nats-server that its makers still mend; it has the message TTLs, too.
 *
 * @see https://docs.nats.io/release-notes/whats_new
 */
export const RECOMMENDED_NATS = "2.11";

/** Those of the versions that are older than recommended, each once, the oldest first. */
export function oldNatsVersions(versions: readonly (string | null)[]): string[] {
  const known = versions.filter((version) => version !== null);
  return [...new Set(known)]
    .filter((version) => compare(version, RECOMMENDED_NATS) < 0)
    .toSorted(compare);
}

/** Where there is no number, as in a build of one's own, nothing is known to be old. */
function compare(a: string, b: string): number {
  const [theirs, ours] = [numbersOf(a), numbersOf(b)];
  for (const [place, wanted] of ours.entries()) {
    const found = theirs[place] ?? wanted;
    if (found !== wanted) return found - wanted;
  }
  return 0;
}

const numbersOf = (version: string) =>
  version
    .split(".")
    .map((part) => Number.parseInt(part, 10))
    .filter((number) => !Number.isNaN(number));
