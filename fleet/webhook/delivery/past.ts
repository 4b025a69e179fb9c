import * as v from "valibot";
import type { MailEvent } from "../../../shared/users/events.ts";
import type { Bus } from "../../bus/bus.ts";
import { lastMessage } from "../../bus/find-message.ts";
import { ATTEMPTS, attemptSubject } from "../../bus/subjects.ts";
import { type AttemptRecord, attemptRecordJson, type Dying } from "../record/attempt-record.ts";

/** What became of an event before it is taken now. */
export type Past =
  /** It came to its end, and only the stream was not told: its instance died, or NATS forgot. */
  | { kind: "ended" }
  /** It is given up, and its letter not in DEAD yet: no attempt follows. */
  | { kind: "dying"; attempts: number; dying: Dying }
  | {
      kind: "open";
      attempts: number;
      lastError: string | null;
      /** How often it was taken in a row without a word of what followed, as far as that was watched. */
      takes: number;
      /** When it is to be attempted again; null when that was not said. */
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
 * Judges by the last record of the event. A record of another message is of an earlier life: the event
 * was published again on purpose, and its attempts begin at 1.
 */
export function pastOf(record: AttemptRecord | undefined, eventSeq: number): Past {
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

/** Rejects when NATS does not answer. */
export async function readLastRecord(
  bus: Bus,
  event: Pick<MailEvent, "partner_id" | "user_id"> & { event_id: string },
): Promise<AttemptRecord | undefined> {
  const stored = await lastMessage(bus, ATTEMPTS, attemptSubject(event));
  const parsed = v.safeParse(attemptRecordJson, stored?.string());
  return parsed.success ? parsed.output : undefined;
}
