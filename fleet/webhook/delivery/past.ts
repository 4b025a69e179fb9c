import * as v from "valibot";
import type { MailEvent } from "../../../shared/users/events.ts";
import type { Bus } from "../../bus/bus.ts";
import { lastMessage } from "../../bus/find-message.ts";
import { ATTEMPTS, attemptSubject } from "../../bus/subjects.ts";
import { type AttemptRecord, attemptRecordJson, type Dying } from "../record/attempt-record.ts";

/** The earlier deliveries and attempts of an event, according to its last record. */
export type Past =
  /**
   * The event has ended, but NATS delivered it again. The instance crashed before the ack, or NATS
   * lost the ack.
   */
  | { kind: "ended" }
  /** The event is given up, but its letter is not in DEAD yet. No attempt follows. */
  | { kind: "dying"; attempts: number; dying: Dying }
  | {
      kind: "open";
      attempts: number;
      lastError: string | null;
      /** How often in a row the event was taken without a recorded result (see `watchTake()`). */
      takes: number;
      /** When the next attempt is due; null if unknown. */
      againAtMs: number | null;
    };
export type OpenPast = Extract<Past, { kind: "open" }>;

export const NO_PAST: OpenPast = {
  kind: "open",
  attempts: 0,
  lastError: null,
  takes: 0,
  againAtMs: null,
};

/**
 * Returns the past of an event, according to its last record. A record with another `event_seq` is
 * of an earlier publication. The event was then published again on purpose, and its attempts start
 * at 1.
 */
export function judgePast(record: AttemptRecord | undefined, eventSeq: number): Past {
  if (record?.event_seq !== eventSeq) return NO_PAST;
  switch (record.outcome) {
    case "delivered":
    case "archived":
    case "dead":
    case "skipped":
    case "buried":
      return { kind: "ended" };
    case "retry":
    case "held": {
      if (record.dying) return { kind: "dying", attempts: record.attempt, dying: record.dying };
      const attempts = record.outcome === "retry" ? record.attempt : record.attempt - 1;
      const { error: lastError, again_at_ms: againAtMs } = record;
      return { kind: "open", attempts, lastError, takes: 0, againAtMs };
    }
    case "taken": {
      const { attempts, last_error: lastError, takes, dying } = record;
      if (dying) return { kind: "dying", attempts, dying };
      return { kind: "open", attempts, lastError, takes, againAtMs: null };
    }
  }
}

/**
 * Reads the last record of an event; undefined if there is none. Rejects when NATS does not answer.
 */
export async function readLastRecord(
  bus: Bus,
  event: Pick<MailEvent, "partner_id" | "user_id"> & { event_id: string },
): Promise<AttemptRecord | undefined> {
  const stored = await lastMessage(bus, ATTEMPTS, attemptSubject(event));
  const parsed = v.safeParse(attemptRecordJson, stored?.string());
  return parsed.success ? parsed.output : undefined;
}
