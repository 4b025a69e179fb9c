import { JetStreamApiCodes, JetStreamApiError, type StoredMsg } from "@nats-io/jetstream";
import * as v from "valibot";
import type { Bus } from "./bus.ts";
import { readJetStreamAnswer } from "./connection/jetstream-answer.ts";
import { carriesId } from "./message-id.ts";

/**
 * Returns the message at a sequence if it has this id. Rejects when NATS does not answer. If NATS
 * has lost the stream, sequences start at 1 again. So the sequence alone is not enough.
 */
export async function findMessage(
  bus: Bus,
  stream: string,
  { seq, id }: { seq: number; id: string },
): Promise<StoredMsg | undefined> {
  try {
    const stored = await bus.jsm.direct.getMessage(stream, { seq });
    return stored && carriesId(stored.header.get("Nats-Msg-Id"), id) ? stored : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Returns the first message of a subject at or after a sequence. */
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

/** Returns the last message of a subject. */
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
 * Deletes a message. Idempotent: a message that is already deleted is not an error.
 *
 * @param overwrite Whether the server overwrites the message on disk. It then rewrites a whole file
 * of up to 8 MiB.
 */
export async function deleteMessage(
  bus: Bus,
  stream: string,
  seq: number,
  { overwrite }: { overwrite: boolean },
): Promise<void> {
  try {
    const request = JSON.stringify({ seq, ...(!overwrite && { no_erase: true }) });
    const answer = await bus.ask(`$JS.API.STREAM.MSG.DELETE.${stream}`, request);
    readJetStreamAnswer(answer, v.object({ success: v.literal(true) }));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/**
 * The error code when the message to delete does not exist. A read gives `NoMessageFound` instead.
 */
const SEQUENCE_NOT_FOUND = 10_043;
/** Newer servers use this code for every failed deletion. Only the text says why it failed. */
const DELETE_FAILED = 10_057;
const NOTHING_TO_DELETE = new Set(["no message found", "stream store EOF"]);

const isNotFound = (error: unknown) =>
  error instanceof JetStreamApiError &&
  (error.code === JetStreamApiCodes.NoMessageFound ||
    error.code === SEQUENCE_NOT_FOUND ||
    (error.code === DELETE_FAILED && NOTHING_TO_DELETE.has(error.message)));
