import type { StreamConfig } from "@nats-io/jetstream";
import { INSTALLATION_MARK } from "../../shared/installation-mark.ts";

/**
 * Thrown when the streams belong to another installation's database. Trying again does not help.
 */
export class ForeignStreams extends Error {
  override readonly name = "ForeignStreams";
}

type Marked = Pick<StreamConfig, "name" | "metadata">;

/** Returns a stream's metadata, with the id of its installation added. */
export const markedBy = (installationId: string, found?: Marked): Record<string, string> => ({
  ...found?.metadata,
  [INSTALLATION_MARK]: installationId,
});

/**
 * Checks that all given streams belong to this installation. Accepts streams without an
 * installation's id: earlier versions created such streams.
 *
 * @throws {ForeignStreams} when a stream belongs to another installation.
 */
export function refuseForeign(found: readonly Marked[], installationId: string): void {
  for (const stream of found) {
    const owner = stream.metadata?.[INSTALLATION_MARK];
    if (owner === undefined || owner === installationId) continue;
    throw new ForeignStreams(
      `Cannot use the stream ${stream.name}: found it to belong to installation ${owner}, and the database to ${installationId}; correct DATABASE_URL or NATS_URL, or see "A database and streams that do not belong together" in docs/runbook.md`,
    );
  }
}
