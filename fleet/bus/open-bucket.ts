import type { JetStreamClient, JetStreamManager } from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import { FLEET_BUCKET } from "./subjects.ts";

const FLEET_TTL_MS = 10 * 60_000;

/** Opens the bucket of the heartbeats. Creates it if it is missing. */
export async function openBucket(
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
