import { isTooOldNats, OLDEST_NATS } from "../../shared/nats-version.ts";

/** @throws {Error} when the server is older than the oldest that is accepted, or names no version. */
export function refuseOldServer(version: string | undefined): void {
  if (!isTooOldNats(version)) return;
  throw new Error(
    `Cannot use this nats-server: found version ${version ?? "unknown"}, wanted ${OLDEST_NATS} or later`,
  );
}
