import { compareVersions } from "../../../shared/nats-version.ts";

/**
 * The oldest line of nats-server that its makers still mend; it has the message TTLs, too.
 *
 * @see https://docs.nats.io/release-notes/whats_new
 */
export const RECOMMENDED_NATS = "2.11";

/**
 * Those of the versions that are older than recommended, each once, the oldest first. A version without a
 * number, as a build of one's own may have, is not known to be old.
 */
export function oldNatsVersions(versions: readonly (string | null)[]): string[] {
  const known = versions.filter((version) => version !== null);
  return [...new Set(known)]
    .filter((version) => compareVersions(version, RECOMMENDED_NATS) < 0)
    .toSorted(compareVersions);
}
