import { compareVersions } from "../../../shared/nats-version.ts";

/**
 * The oldest nats-server release line that still gets fixes. It also supports message TTLs.
 *
 * @see https://docs.nats.io/release-notes/whats_new
 */
export const RECOMMENDED_NATS = "2.11";

/**
 * Returns the versions older than recommended, without duplicates, oldest first. A version without
 * a number, as in a custom build, does not count as old.
 */
export function oldNatsVersions(versions: readonly (string | null)[]): string[] {
  const known = versions.filter((version) => version !== null);
  return [...new Set(known)]
    .filter((version) => compareVersions(version, RECOMMENDED_NATS) < 0)
    .toSorted(compareVersions);
}
