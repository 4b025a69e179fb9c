import type { ResendFacts } from "../../../db/mail/resends.ts";

/** Whether and how an event can be sent again. */
export type ResendVerdict =
  /** The mail is fetched from its mailbox. */
  | { kind: "refetch" }
  /** The dead letter is redelivered. */
  | { kind: "redeliver" }
  | { kind: "refuse"; reason: string };

/** Decides whether an event can be sent again. Undefined facts: the event does not exist. */
export function judgeResend(facts: ResendFacts | undefined): ResendVerdict {
  if (!facts) return refuse("There is no such event");
  switch (facts.state) {
    case "queued":
      return refuse("It is already being delivered");
    case "parked":
      return refuse("It could not be fetched yet; it is tried again automatically");
    case "skipped":
      return refuse("It was not delivered on purpose. Start a sweep of its user to send it");
    case "lost":
      return refuse("It is no longer stored");
    case "dead":
      return facts.isWaitingLetter
        ? { kind: "redeliver" }
        : refuse("Its dead letter was deleted, or is already being redelivered");
    case "delivered":
      if (!facts.isMail) return refuse("Only mail can be sent again after its delivery");
      return facts.isWatched
        ? { kind: "refetch" }
        : refuse("Its user is not watched now, so its mail cannot be fetched");
  }
}

const refuse = (reason: string): ResendVerdict => ({ kind: "refuse", reason });
