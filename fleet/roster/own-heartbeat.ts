import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import type { Bus } from "../bus/bus.ts";
import { answerQuestions, askProcess } from "./ask-process.ts";
import type { Bucket } from "./bucket.ts";
import type { Heartbeat, StoredHeartbeat } from "./heartbeat.ts";

/** Another process lives under our id: both would watch the same users. Waiting does not mend it. */
export class DuplicateInstance extends Error {
  override readonly name = "DuplicateInstance";

  constructor(instanceId: string) {
    super(
      `Cannot run as the instance ${instanceId}: found another process that runs under this INSTANCE_ID, and each needs its own`,
    );
  }
}

export interface OwnHeartbeatDeps {
  bus: Pick<Bus, "connection">;
  bucket: Bucket;
  clock: Clock;
  log: Log;
}

/** The heartbeat of this process, under an id that no other living process may have. */
export interface OwnHeartbeat {
  /**
   * Writes it. The first time it returns what stood there before, of a process that is gone.
   *
   * @throws {DuplicateInstance} when the process of that heartbeat lives, or another has begun meanwhile.
   */
  beat(said: Omit<Heartbeat, "process">): Promise<StoredHeartbeat | null>;
  /** Takes it away, if it is still ours. */
  remove(): Promise<void>;
}

/**
 * Each process draws a name of its own, and writes only over what it has written itself. A process that starts asks
 * the one whose heartbeat it finds: one that was killed does not answer, and one that is frozen or cut off finds the
 * newer heartbeat when it comes back, and ends.
 *
 * @param signal Questions are answered until it aborts.
 */
export function createOwnHeartbeat(
  { bus, bucket, clock, log }: OwnHeartbeatDeps,
  instanceId: string,
  signal: AbortSignal,
): OwnHeartbeat {
  const process = drawName(clock);
  /** Of our last heartbeat; of what it replaces before the first. */
  let revision = 0;
  let isBeating = false;
  let state: Heartbeat["state"] = "up";

  async function claim(): Promise<StoredHeartbeat | null> {
    const { revision: found, stored } = await bucket.read(instanceId);
    if (stored && stored.heartbeat.process !== process) {
      const answer = await askProcess(bus, { instanceId, process });
      if (answer === "up") throw new DuplicateInstance(instanceId);
      if (answer !== null) {
        throw new Error("Cannot begin to beat: the process before us is still on its way out");
      }
    }
    revision = found;
    return stored;
  }

  /** An ack may be lost, and so may the store: only another's heartbeat in our place is a fault. */
  async function findRevision(): Promise<void> {
    const { revision: found, stored } = await bucket.read(instanceId);
    if (stored && stored.heartbeat.process !== process) throw new DuplicateInstance(instanceId);
    revision = found;
  }

  const write = async (said: Omit<Heartbeat, "process">) => {
    state = said.state;
    revision = await bucket.put(instanceId, { ...said, process }, revision);
  };

  return {
    async beat(said) {
      const earlier = isBeating ? null : await claim();
      try {
        await write(said);
      } catch (error) {
        if (!isOvertaken(error)) throw error;
        await findRevision();
        await write(said);
      }
      if (!isBeating) {
        answerQuestions({ bus, log }, { instanceId, process, state: () => state }, signal);
      }
      isBeating = true;
      return earlier;
    },
    async remove() {
      if (isBeating) await bucket.remove(instanceId, revision);
    },
  };
}

/** Unlike an id it names nothing but one run. */
function drawName(clock: Clock): string {
  const digits = () => Math.floor(clock.random() * 36 ** 8).toString(36);
  return `${digits()}${digits()}`;
}

const isOvertaken = (error: unknown) =>
  error instanceof JetStreamApiError &&
  (error.code === JetStreamApiCodes.StreamWrongLastSequence ||
    error.code === JetStreamApiCodes.StreamWrongLastSequenceUnknown);
