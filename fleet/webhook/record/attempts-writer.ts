import type { Consumer, JsMsg } from "@nats-io/jetstream";
import * as v from "valibot";
import { type Db, findSqlState } from "../../../db/client.ts";
import type { Clock } from "../../../shared/clock.ts";
import { toErrorText } from "../../../shared/errors.ts";
import type { Log } from "../../../shared/log.ts";
import { repeat } from "../../../shared/concurrency/repeat.ts";
import type { Bus } from "../../bus/bus.ts";
import { type AttemptRecord, attemptRecord } from "./attempt-record.ts";
import { openAttemptsConsumer } from "../../bus/consumers.ts";
import { pull } from "../../bus/pull.ts";
import { recordAttempts } from "./record-attempts.ts";

/** The maximum number of attempts in one write. Preparing a larger batch would delay deliveries. */
const MAX_BATCH = 100;
/**
 * The pause between two writes. Attempts that arrive meanwhile are written together: a write of one
 * costs almost as much as a write of a hundred. After a quiet time, the first attempt is written at
 * once. While a full batch waits, there is no pause.
 */
const PAUSE_MS = 200;
const WAIT_MS = 30_000;
const GATHER_MS = 1_000;

/**
 * An attempt can be written only after its mail is recorded in PostgreSQL. Until then, the write is
 * tried again: after 500 ms, then after twice as long each time, up to a minute. It is given up
 * after about a quarter of an hour.
 */
const FIRST_RECHECK_MS = 500;
const MAX_RECHECK_MS = 60_000;
const MAX_RECHECKS = 22;

interface Unwritten {
  message: JsMsg;
  record: AttemptRecord;
}

/**
 * Writes the records in ATTEMPTS to PostgreSQL. While PostgreSQL is down, deliveries continue, and
 * the records wait. May run on several instances at once. Never rejects.
 */
export async function runAttemptsWriter(
  deps: { bus: Bus; db: Db; clock: Clock; log: Log },
  signal: AbortSignal,
): Promise<void> {
  let consumer: Consumer | undefined;
  let batch: Unwritten[] = [];
  /** How many more attempts waited when the last batch was taken. */
  let waiting = 0;

  async function take(stopping: AbortSignal): Promise<Unwritten[]> {
    consumer ??= await openAttemptsConsumer(deps.bus);
    try {
      const messages = await takeBatch(deps.bus, consumer, waiting, stopping);
      waiting = messages.at(-1)?.info.pending ?? 0;
      return parseAll(messages, deps.log);
    } catch (error) {
      consumer = undefined;
      throw error;
    }
  }

  /** Writes one batch. A batch that could not be written is kept for the next round. */
  async function work(stopping: AbortSignal): Promise<void> {
    if (batch.length === 0) batch = await take(stopping);
    else for (const { message } of batch) message.working();
    const written = batch;
    await writeBatch(deps, written);
    // If this round hung and was abandoned, a later round may have taken another batch.
    if (batch === written) batch = [];
    if (waiting >= MAX_BATCH) writer.wake();
  }

  const writer = repeat(deps, { name: "attempts_writer", everyMs: PAUSE_MS, work });
  await writer.run(signal);
  for (const { message } of batch) message.nak();
}

/**
 * Waits for one message. Then takes the other available messages, up to MAX_BATCH in total. If a
 * full batch is known to wait, takes it at once.
 *
 * @param waiting How many messages are known to wait.
 */
async function takeBatch(
  bus: Bus,
  consumer: Consumer,
  waiting: number,
  signal: AbortSignal,
): Promise<JsMsg[]> {
  const messages: JsMsg[] = [];
  const take = async (maxMessages: number, expiresMs: number) => {
    const pulled = pull(bus, consumer, { maxMessages, expiresMs }, signal);
    for await (const message of pulled) messages.push(message);
  };
  if (waiting < MAX_BATCH) await take(1, WAIT_MS);
  const others = Math.min(messages[0]?.info.pending ?? waiting, MAX_BATCH - messages.length);
  // The wait is limited, because another instance may take these messages first.
  if (others > 0) await take(others, GATHER_MS);
  return messages;
}

const recordJson = v.pipe(v.string(), v.parseJson(), attemptRecord);

function parseAll(messages: readonly JsMsg[], log: Log): Unwritten[] {
  return messages.flatMap((message) => {
    const parsed = v.safeParse(recordJson, message.string());
    if (parsed.success) return [{ message, record: parsed.output }];
    log.error("attempt.unreadable", { stream_seq: message.seq });
    message.ack();
    return [];
  });
}

async function writeBatch(deps: { db: Db; log: Log }, batch: readonly Unwritten[]): Promise<void> {
  if (batch.length === 0) return;
  try {
    const unrecorded = await recordAttempts(
      deps.db,
      batch.map(({ record }) => record),
    );
    for (const { message, record } of batch) {
      if (unrecorded.has(record.event_id)) recheckLater(message, record, deps.log);
      else message.ack();
    }
  } catch (error) {
    if (!isDataFault(error)) throw error;
    await writeSingly(deps, batch, error);
  }
}

/** Writes records one by one. A record that Postgres refuses does not block the others. */
async function writeSingly(
  deps: { db: Db; log: Log },
  batch: readonly Unwritten[],
  error: unknown,
): Promise<void> {
  const [only] = batch;
  if (batch.length > 1) {
    for (const one of batch) await writeBatch(deps, [one]);
  } else if (only) {
    const { event_id } = only.record;
    deps.log.error("attempt.refused", { event_id, error: toErrorText(error) });
    only.message.ack();
  }
}

function recheckLater(message: JsMsg, { event_id }: AttemptRecord, log: Log): void {
  const { deliveryCount } = message.info;
  if (deliveryCount <= MAX_RECHECKS) {
    message.nak(Math.min(FIRST_RECHECK_MS * 2 ** (deliveryCount - 1), MAX_RECHECK_MS));
  } else {
    log.warn("mail.unrecorded", { event_id });
    message.ack();
  }
}

/**
 * Returns whether the data caused the error: SQLSTATE classes 22 (data exception) and 23 (integrity
 * constraint violation).
 */
const isDataFault = (error: unknown) => /^2[23]/.test(findSqlState(error) ?? "");
