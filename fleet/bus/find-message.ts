import { JetStreamApiCodes, JetStreamApiError, type StoredMsg } from "@nats-io/jetstream";
import type { Bus } from "./bus.ts";
import { isMessageOf } from "./message-id.ts";

/**
 * What lies at a sequence, if it is of this id. Sequences start again when the store was lost: only
 * the message id tells whose message lies there. Rejects when NATS does not answer.
 */
export async function findMessage(
  bus: Bus,
  stream: string,
  { seq, id }: { seq: number; id: string },
): Promise<StoredMsg | undefined> {
  try {
    const stored = await bus.jsm.direct.getMessage(stream, { seq });
    return stored && isMessageOf(stored.header.get("Nats-Msg-Id"), id) ? stored : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The first message of a subject at a sequence or after it. */
export async function nextMessage(
  bus: Bus,
  stream: string,
  { seq, subject }: { seq: number; subject: string },
): Promise<StoredMsg | undefined> {
  try {
    const query = { seq, next_by_subj: subject };
    return (await bus.jsm.direct.getMessage(stream, query)) ?? undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The last message of a subject. */
export async function lastMessage(
  bus: Bus,
  stream: string,
  subject: string,
): Promise<StoredMsg | undefined> {
  try {
    return (await bus.jsm.direct.getMessage(stream, { last_by_subj: subject })) ?? undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * Deletes a message, and the server overwrites its bytes on the disk (a purge leaves them there). One that is gone
 * already is no failure.
 */
export async function deleteMessage(bus: Bus, stream: string, seq: number): Promise<void> {
  try {
    await bus.jsm.streams.deleteMessage(stream, seq, true);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** What a deletion answers; a read answers `NoMessageFound`. */
const SEQUENCE_NOT_FOUND = 10_043;

const isNotFound = (error: unknown) =>
  error instanceof JetStreamApiError &&
  (error.code === JetStreamApiCodes.NoMessageFound || error.code === SEQUENCE_NOT_FOUND);
