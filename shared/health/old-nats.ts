import { compareVersions } from "../nats-version.ts";

/**
 * The oldest nats-server release line that still gets fixes.
 *
 * @see https://docs.nats.io/release-notes/whats_new
 */
export const RECOMMENDED_NATS = "2.11";

/**
 * Returns the versions that are older than RECOMMENDED_NATS, oldest first and each only once. A
 * version without a number, such as that of a custom build, does not count as old.
 */
export function oldNatsVersions(versions: readonly (string | null)[]): string[] {
  const known = versions.filter((version) => version !== null);
  return [...new Set(known)]
    .filter((version) => compareVersions(version, RECOMMENDED_NATS) < 0)
    .toSorted(compareVersions);
}
