import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import { ForeignStreams } from "./installation-mark.ts";
import { ensureStreams, type StreamSizes } from "./streams.ts";
import { FLEET_BUCKET } from "./subjects.ts";

/**
 * Keeps the streams and the bucket FLEET as configured, on whichever server we are connected to.
 */
export interface StreamKeeper {
  /** Creates or updates streams and bucket, and returns the bucket. */
  ensure(): Promise<KV>;
  /** Creates or updates streams and bucket. Concurrent calls share one run. */
  repair(): Promise<void>;
  /**
   * Checks that the streams belong to this installation, unless that was already checked since the
   * last `doubt()`.
   */
  verified(): Promise<void>;
  /** Call this when the connection is lost: the next connection may lead to another server. */
  doubt(): void;
}

/**
 * Creates a stream keeper. Its methods reject with ForeignStreams while the streams belong to
 * another installation.
 */
export function createStreamKeeper(
  { js, jsm }: { js: JetStreamClient; jsm: JetStreamManager },
  options: { sizes: StreamSizes; installationId: string },
): StreamKeeper {
  let isVerified = false;
  let repairing: Promise<void> | undefined;

  async function ensure(): Promise<KV> {
    try {
      await ensureStreams(jsm, options);
    } catch (error) {
      if (error instanceof ForeignStreams) isVerified = false;
      throw error;
    }
    isVerified = true;
    return openBucket({ js, jsm }, options.sizes);
  }

  const repair = () =>
    (repairing ??= ensure()
      .then(() => undefined)
      .finally(() => (repairing = undefined)));

  return {
    ensure,
    repair,
    verified: () => (isVerified ? Promise.resolve() : repair()),
    doubt: () => (isVerified = false),
  };
}

const FLEET_TTL_MS = 10 * 60_000;

/** Opens the bucket of the heartbeats. Creates it if it is missing. */
async function openBucket(
  { js, jsm }: { js: JetStreamClient; jsm: JetStreamManager },
  { replicas }: { replicas: number },
): Promise<KV> {
  const kv = await new Kvm(js).create(FLEET_BUCKET, { history: 1, ttl: FLEET_TTL_MS, replicas });
  const { streamInfo } = await kv.status();
  // `create` does not change a bucket that exists.
  if (streamInfo.config.num_replicas !== replicas) {
    await jsm.streams.update(streamInfo.config.name, { num_replicas: replicas });
  }
  return kv;
}
