import type { Clock } from "../../shared/clock.ts";

/** What identifies a body in BODIES. The key is a hash of the content. */
interface BodyName {
  seq: number;
  id: string;
  key: string;
}

/**
 * The bodies that this process has stored a moment ago. If the process also delivers them, it need
 * not read them from NATS again.
 */
export interface RecentBodies {
  /** Keeps a body for `take()`, if there is space. Call it after the body is stored in NATS. */
  put(name: BodyName, content: Uint8Array): void;
  /** Returns a body and forgets it; undefined if it is not here. */
  take(name: BodyName): Uint8Array | undefined;
}

/** The most memory that the bodies may keep from being freed. */
const MAX_BYTES = 8 * 1_024 * 1_024;
/** Most bodies are delivered within a few milliseconds. A lane with a backlog reads from NATS. */
const MAX_AGE_MS = 5_000;

/**
 * Creates an empty store. While it is full, it takes no new bodies: lanes deliver the oldest mail
 * first.
 */
export function createRecentBodies({ monotonic }: Pick<Clock, "monotonic">): RecentBodies {
  /** In the order of their age, the oldest first. */
  const bodies = new Map<string, { content: Uint8Array; bytes: number; untilMs: number }>();
  let bytes = 0;

  function remove(key: string, body: { bytes: number }): void {
    bytes -= body.bytes;
    bodies.delete(key);
  }

  function expire(nowMs: number): void {
    for (const [key, body] of bodies) {
      if (body.untilMs > nowMs) return;
      remove(key, body);
    }
  }

  return {
    put(name, content) {
      const nowMs = monotonic();
      expire(nowMs);
      const key = toKey(name);
      // A part of a buffer keeps the whole buffer in memory.
      const added = content.buffer.byteLength;
      if (bodies.has(key) || bytes + added > MAX_BYTES) return;
      bodies.set(key, { content, bytes: added, untilMs: nowMs + MAX_AGE_MS });
      bytes += added;
    },
    take(name) {
      const key = toKey(name);
      const body = bodies.get(key);
      if (!body) return undefined;
      remove(key, body);
      return body.untilMs > monotonic() ? body.content : undefined;
    },
  };
}

const toKey = ({ seq, id, key }: BodyName) => `${seq} ${id} ${key}`;
