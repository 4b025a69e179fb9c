import type { Clock } from "../../../shared/clock.ts";
import type { MailEvent } from "../../../shared/users/events.ts";
import type { Log } from "../../../shared/log.ts";
import { dropOccasion } from "../../bus/message-id.ts";
import { parseEventSubject } from "../../bus/subjects.ts";
import { type Dying, identifyEvent } from "../record/attempt-record.ts";
import type { Recorder } from "../record/recorder.ts";
import type { Taken } from "./take.ts";

/** An event that is recorded as given up. Its letter is not in DEAD yet. */
export interface Death {
  taken: Taken;
  /** Null if the event cannot be read. */
  event: MailEvent | null;
  attempts: number;
  dying: Dying;
}

export interface DeathDeps {
  recorder: Recorder;
  clock: Clock;
  log: Log;
}

/**
 * Records that an event is given up without another attempt. It is too old, it is unreadable, or it
 * crashes every process that handles it.
 */
export async function giveUp(
  deps: DeathDeps,
  { taken, event, attempts }: Omit<Death, "dying">,
  lastError: string,
  signal: AbortSignal,
): Promise<Death> {
  const nowMs = deps.clock.now();
  const subject = identifyDeath({ event, taken });
  const dying = {
    died_at_ms: nowMs,
    last_error: lastError,
    unreadable: event === null,
    body_bytes: event ? countBodyBytes(event) : 0,
    waits: false,
  };
  const death = { taken, event, attempts, dying };
  await recordDeath(deps, death, signal);
  if (event) deps.log.warn("delivery.given_up", { ...subject, attempts, error: lastError });
  else deps.log.error("delivery.poisoned", { ...subject, error: lastError });
  return death;
}

/** Records that an event is given up, or that its letter waits for free space in DEAD. */
export async function recordDeath(
  { recorder, clock }: Pick<DeathDeps, "recorder" | "clock">,
  death: Death,
  signal: AbortSignal,
): Promise<void> {
  const { taken, attempts, dying } = death;
  await recorder.record(
    {
      ...identifyDeath(death),
      event_seq: taken.seq,
      outcome: "taken",
      takes: DEADLY_TAKES,
      attempts,
      last_error: dying.last_error,
      taken_at_ms: clock.now(),
      dying,
    },
    signal,
  );
}

/**
 * The number of takes in the record of an event that is given up. Instances of earlier versions
 * give up events with 5 takes, so they give up this event too.
 */
const DEADLY_TAKES = 5;

/** Returns how many bytes the event's mail uses in BODIES. */
export const countBodyBytes = (event: MailEvent) =>
  event.kind === "new_mail" && event.body_seq !== null ? event.size_bytes : 0;

/** Returns the fields that identify an event that is given up. */
export const identifyDeath = ({ event, taken }: Pick<Death, "event" | "taken">) =>
  event ? identifyEvent(event) : identifyTaken(taken);

/** Returns the fields that identify an unreadable event, from the subject and id of its message. */
export function identifyTaken({ subject, id }: Pick<Taken, "subject" | "id">) {
  return { event_id: dropOccasion(id), ...parseEventSubject(subject) };
}
