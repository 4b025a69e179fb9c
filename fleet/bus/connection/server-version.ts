import { isTooOldNats, OLDEST_NATS } from "../../../shared/nats-version.ts";

/**
 * Refuses a server that is too old.
 *
 * @throws {Error} when the server is older than the oldest supported version, or names no version.
 */
export function refuseOldServer(version: string | undefined): void {
  if (!isTooOldNats(version)) return;
  throw new Error(
    `Cannot use this nats-server: found version ${version ?? "unknown"}, wanted ${OLDEST_NATS} or later`,
  );
}
