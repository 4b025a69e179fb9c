import type { KvEntry, KvWatchEntry } from "@nats-io/kv";
import * as v from "valibot";
import type { Bus } from "../bus/bus.ts";
import { FLEET_BUCKET } from "../bus/subjects.ts";
import {
  heartbeat,
  type Heartbeat,
  heartbeatKey,
  parseInstanceId,
  type StoredHeartbeat,
} from "./heartbeat.ts";

/** The heartbeats in NATS. All methods reject when NATS does not answer. */
export interface Bucket {
  /**
   * Replaces the heartbeat that has the given revision; with revision 0, writes the first one.
   * Rejects when the stored revision differs.
   * @returns the new revision.
   */
  put(instanceId: string, heartbeat: Heartbeat, revision: number): Promise<number>;
  remove(instanceId: string, revision: number): Promise<void>;
  /**
   * Returns the stored heartbeat and its revision. A removed heartbeat still has a revision. The
   * revision is 0 if there never was a heartbeat.
   */
  read(instanceId: string): Promise<{ revision: number; stored: StoredHeartbeat | null }>;
  readAll(): Promise<StoredHeartbeat[]>;
  /**
   * Calls `take` for each stored heartbeat, and then for each change, until `signal` aborts. If a
   * heartbeat was removed, `stored` is null.
   */
  watch(
    take: (instanceId: string, stored: StoredHeartbeat | null) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

const NODES = "node.>";
/** The NATS stream that stores the bucket; each key is a subject that begins with the prefix. */
const STREAM = `KV_${FLEET_BUCKET}`;
const PREFIX = `$KV.${FLEET_BUCKET}.`;

/** Reads and writes heartbeats in the bus's bucket. */
export function heartbeatBucket({ fleet, jsm }: Bus): Bucket {
  const read = async (key: string) => {
    const entry = await fleet.get(key);
    return { revision: entry?.revision ?? 0, stored: entry && toStored(entry) };
  };
  return {
    put: (id, said, previousSeq) =>
      fleet.put(heartbeatKey(id), JSON.stringify(said), { previousSeq }),
    remove: (id, previousSeq) => fleet.delete(heartbeatKey(id), { previousSeq }),
    read: (id) => read(heartbeatKey(id)),
    async readAll() {
      const all: StoredHeartbeat[] = [];
      // Reads the keys from the stream: `fleet.keys()` leaves a consumer behind, for minutes.
      const { state } = await jsm.streams.info(STREAM, { subjects_filter: `${PREFIX}${NODES}` });
      for (const subject of Object.keys(state.subjects ?? {})) {
        const { stored } = await read(subject.slice(PREFIX.length));
        if (stored) all.push(stored);
      }
      return all;
    },
    async watch(take, signal) {
      const entries = await fleet.watch({ key: NODES });
      const stop = () => entries.stop();
      signal.addEventListener("abort", stop, { once: true });
      if (signal.aborted) stop();
      for await (const entry of entries) take(parseInstanceId(entry.key), toStored(entry));
      signal.removeEventListener("abort", stop);
    },
  };
}

const heartbeatJson = v.pipe(v.string(), v.parseJson(), heartbeat);

/** Returns null for a removed heartbeat, and for anything that is not a heartbeat. */
function toStored(entry: KvEntry | KvWatchEntry): StoredHeartbeat | null {
  if (entry.operation !== "PUT") return null;
  const parsed = v.safeParse(heartbeatJson, entry.string());
  if (!parsed.success) return null;
  return {
    instanceId: parseInstanceId(entry.key),
    createdMs: entry.created.getTime(),
    heartbeat: parsed.output,
  };
}
