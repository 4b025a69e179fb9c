import type { Clock } from "../../../shared/clock.ts";
import type { MailEvent } from "../../../shared/events.ts";
import type { Log } from "../../../shared/log.ts";
import type { Bus } from "../../bus/bus.ts";
import { idOfMessage } from "../../bus/message-id.ts";
import { deadSubject } from "../../bus/subjects.ts";
import { subjectOf } from "../record/attempt-record.ts";
import { bury } from "./dead-letter.ts";
import { bodySeqsOf, contentOf, type LoadedContent } from "./mail-bodies.ts";
import { publishRecord } from "../record/publish-record.ts";
import type { Taken } from "./take.ts";
import type { Verdict } from "./settle.ts";

export interface GiveUpDeps {
  bus: Bus;
  clock: Clock;
  log: Log;
}

export interface Hopeless {
  event: MailEvent;
  loaded: LoadedContent;
  attempts: number;
  lastError: string;
}

/** Puts an event into DEAD without another attempt: it is too old, or ends whoever handles it. */
export async function giveUp(
  deps: GiveUpDeps,
  taken: Taken,
  { event, loaded, attempts, lastError }: Hopeless,
): Promise<Verdict> {
  const diedAtMs = deps.clock.now();
  const { seq } = await bury(deps.bus, {
    subject: deadSubject(event),
    messageId: taken.id,
    event,
    content: contentOf(loaded),
    attempts,
    lastError,
    diedAtMs,
  });
  await publishRecord(deps.bus, {
    ...subjectOf(event),
    event_seq: taken.seq,
    outcome: "buried",
    dead_seq: seq,
    died_at_ms: diedAtMs,
    last_error: lastError,
    attempts,
    unreadable: false,
  });
  deps.log.warn("delivery.given_up", { ...subjectOf(event), attempts, error: lastError });
  return { kind: "done", bodySeqs: bodySeqsOf(loaded) };
}

/** The same with an event that cannot be read: it would fail for ever, and must not hold up the others. */
export async function giveUpUnreadable(
  deps: GiveUpDeps,
  taken: Taken,
  { text, lastError }: { text: string; lastError: string },
): Promise<Verdict> {
  const [, partnerId = "", kind = "", userId = ""] = taken.subject.split(".");
  const diedAtMs = deps.clock.now();
  const { seq } = await bury(deps.bus, {
    subject: `dead.${partnerId}.${kind}.${userId}`,
    messageId: taken.id,
    event: text,
    content: contentOf(null),
    attempts: 0,
    lastError,
    diedAtMs,
  });
  const subject = {
    event_id: idOfMessage(taken.id),
    partner_id: partnerId,
    user_id: userId,
    kind,
  };
  await publishRecord(deps.bus, {
    ...subject,
    event_seq: taken.seq,
    outcome: "buried",
    dead_seq: seq,
    died_at_ms: diedAtMs,
    last_error: lastError,
    attempts: 0,
    unreadable: true,
  });
  deps.log.error("delivery.poisoned", { ...subject, error: lastError });
  return { kind: "done", bodySeqs: [] };
}
