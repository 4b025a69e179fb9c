import type { Bus, Message } from "../../bus/bus.ts";
import { attemptSubject } from "../../bus/subjects.ts";
import { type AttemptRecord, recordId } from "./attempt-record.ts";

/** Stores records in ATTEMPTS, for all lanes of a process. */
export interface Recorder {
  /**
   * Resolves when the record is stored, however long that takes. After `stopped` aborts, rejects if
   * the record is not stored within 15 s.
   */
  record(record: AttemptRecord, stopped: AbortSignal): Promise<void>;
  /** Whether a record waits to be stored. If so, a new attempt could not be recorded either. */
  readonly isStuck: boolean;
  /** Resolves when no record waits any longer, or `signal` aborts. */
  untilFree(signal: AbortSignal): Promise<void>;
}

/**
 * How long to try to store a record again after its lane has stopped. Then the record is lost, and
 * its attempt may be repeated. The first try before that takes at most 5 s.
 */
const PATIENCE_MS = 10_000;

/**
 * Creates a recorder. While ATTEMPTS is full or NATS does not answer, only one record is tried
 * again. The others wait, so that they do not flood the server.
 */
export function createRecorder(bus: Pick<Bus, "publish" | "publishUntilStored">): Recorder {
  /** Pending while one record is tried again. Undefined while records can be stored. */
  let trouble: Promise<unknown> | undefined;

  async function untilFree(signal: AbortSignal): Promise<void> {
    for (let work = trouble; work && !signal.aborted; work = trouble)
      await awaitUntilAborted(work, signal);
  }

  async function isPublished(message: Message): Promise<boolean> {
    try {
      await bus.publish(message);
      return true;
    } catch {
      return false;
    }
  }

  async function storeLater(message: Message, signal: AbortSignal): Promise<void> {
    if (trouble) {
      await untilFree(signal);
      signal.throwIfAborted();
      return (await isPublished(message)) ? undefined : storeLater(message, signal);
    }
    const storing = bus.publishUntilStored(message, signal);
    trouble = storing.catch(() => undefined).finally(() => (trouble = undefined));
    await storing;
  }

  return {
    async record(record, stopped) {
      const message = {
        subject: attemptSubject(record),
        id: recordId(record),
        payload: JSON.stringify(record),
      };
      if (!trouble && (await isPublished(message))) return;
      using patience = laterThan(stopped, PATIENCE_MS);
      await storeLater(message, patience.signal);
    },
    get isStuck() {
      return trouble !== undefined;
    },
    untilFree,
  };
}

/** Resolves when the work has settled or `signal` aborts. */
async function awaitUntilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  await Promise.race([work, promise]);
  signal.removeEventListener("abort", end);
}

/** Returns a signal that aborts `ms` milliseconds after `earlier` has aborted. */
function laterThan(earlier: AbortSignal, ms: number): Disposable & { signal: AbortSignal } {
  const later = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const begin = () => (timer = setTimeout(() => later.abort(), ms));
  if (earlier.aborted) begin();
  else earlier.addEventListener("abort", begin, { once: true });
  return {
    signal: later.signal,
    [Symbol.dispose]() {
      earlier.removeEventListener("abort", begin);
      clearTimeout(timer);
    },
  };
}
