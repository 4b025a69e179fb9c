import type { JetStreamManager } from "@nats-io/jetstream";
import { INSTALLATION_MARK } from "../../shared/installation-mark.ts";

/** The streams whose metadata contains the id of their installation. */
const NAMES = new Set(["EVENTS", "BODIES", "DEAD", "ATTEMPTS"]);

/**
 * Stores the id of an installation in the streams' metadata, and replaces any other id there. The
 * messages do not change.
 */
export async function adoptStreams(jsm: JetStreamManager, installationId: string): Promise<string> {
  const lines: string[] = [];
  for await (const { config } of jsm.streams.list()) {
    if (!NAMES.has(config.name)) continue;
    const before = config.metadata?.[INSTALLATION_MARK];
    const metadata = { ...config.metadata, [INSTALLATION_MARK]: installationId };
    await jsm.streams.update(config.name, { metadata });
    lines.push(`${config.name} belongs to ${installationId}; before: ${before ?? "to nobody"}`);
  }
  return lines.length > 0 ? lines.join("\n") : "There are no streams";
}
