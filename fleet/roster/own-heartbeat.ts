import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import type { Bus } from "../bus/bus.ts";
import { answerQuestions, askProcess } from "./ask-process.ts";
import type { Bucket } from "./bucket.ts";
import type { Heartbeat, StoredHeartbeat } from "./heartbeat.ts";

/**
 * Thrown when another process runs under our instance id. Both would watch the same users. Trying
 * again does not help.
 */
export class DuplicateInstance extends Error {
  override readonly name = "DuplicateInstance";

  constructor(instanceId: string) {
    super(
      `Cannot run as the instance ${instanceId}: another process runs under this INSTANCE_ID, and each process needs its own`,
    );
  }
}

export interface OwnHeartbeatDeps {
  bus: Pick<Bus, "connection">;
  bucket: Bucket;
  clock: Clock;
  log: Log;
}

/** The heartbeat of this process, under an id that no other running process may use. */
export interface OwnHeartbeat {
  /**
   * Writes the heartbeat.
   *
   * @returns on the first call, the heartbeat of the previous process with this id, if any. On
   *   later calls null.
   * @throws {DuplicateInstance} when the previous process still runs, or another process with this
   *   id has started meanwhile.
   */
  beat(said: Omit<Heartbeat, "process">): Promise<StoredHeartbeat | null>;
  /** Removes the heartbeat, if it is still ours. */
  remove(): Promise<void>;
}

/**
 * Creates the heartbeat of this process. Each process chooses a random name. At its start, it asks
 * the previous process whether it still runs. A killed process does not answer. Later, it replaces
 * only its own heartbeat. A process that was frozen or cut off finds the newer heartbeat when it
 * continues, and ends.
 *
 * @param signal Until it aborts, this process answers such questions.
 */
export function createOwnHeartbeat(
  { bus, bucket, clock, log }: OwnHeartbeatDeps,
  instanceId: string,
  signal: AbortSignal,
): OwnHeartbeat {
  const process = drawName(clock);
  /** The revision of our last heartbeat. Before our first one, the revision that it replaces. */
  let revision = 0;
  let isBeating = false;
  let state: Heartbeat["state"] = "up";

  async function claim(): Promise<StoredHeartbeat | null> {
    const { revision: found, stored } = await bucket.read(instanceId);
    if (stored && stored.heartbeat.process !== process) {
      const answer = await askProcess(bus, { instanceId, process });
      if (answer === "up") throw new DuplicateInstance(instanceId);
      if (answer !== null) {
        throw new Error(
          "Cannot write the heartbeat: the previous process of this instance is still stopping",
        );
      }
    }
    revision = found;
    return stored;
  }

  /**
   * Reads the revision again after a failed write, so that the next write can succeed. Either the
   * write succeeded and its ack was lost, or NATS has lost the whole store.
   *
   * @throws {DuplicateInstance} when another process's heartbeat is in place of ours.
   */
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

/** Returns a random name that identifies one run of the process. */
function drawName(clock: Clock): string {
  const digits = () => Math.floor(clock.random() * 36 ** 8).toString(36);
  return `${digits()}${digits()}`;
}

const isOvertaken = (error: unknown) =>
  error instanceof JetStreamApiError &&
  (error.code === JetStreamApiCodes.StreamWrongLastSequence ||
    error.code === JetStreamApiCodes.StreamWrongLastSequenceUnknown);
