import type { SeenRow } from "../../db/mail/seen.ts";
import type { RecordedMail } from "../../db/mail/sweeps.ts";

/** What a sweep does with a mail of its time. */
export type Choice =
  /** It was delivered, is on its way, or was passed over for a reason that a sweep does not change. */
  | "leave"
  /** Nobody has judged it yet. */
  | "judge"
  /** Only de-duplication remembers it, longer than mail_logs does. */
  | "judge_forgotten"
  /** It came to an end and is to be judged and published again. */
  | "judge_again";

/** What is known of a mail before a sweep. */
export interface KnownMail {
  recorded: RecordedMail | undefined;
  seen: SeenRow | undefined;
}

/** Chooses by what became of a mail before. */
export function chooseMail({ recorded, seen }: KnownMail, redeliver: boolean): Choice {
  switch (recorded?.state) {
    case undefined:
      if (!seen) return "judge";
      return wasDelivered(seen) && !redeliver ? "leave" : "judge_forgotten";
    case "queued":
      // Without a sequence it was queued by this sweep, which was cut short.
      return recorded?.streamSeq === null ? "judge_again" : "leave";
    case "delivered":
      return redeliver ? "judge_again" : "leave";
    case "dead":
    case "lost":
      return "judge_again";
    case "skipped":
      return isAboutTheTime(recorded?.reason) ? "judge_again" : "leave";
    case "parked":
      // Its session tries it again and again.
      return "leave";
  }
}

/** Mail that was not delivered leaves no trace that could shadow another. */
const wasDelivered = ({ messageIdHash, sha1 }: SeenRow) => messageIdHash !== null || sha1 !== null;

/** What was true when the mail was live, and need not be now. */
const isAboutTheTime = (reason: string | null | undefined) =>
  reason === "before_user" || reason === "no_webhook" || reason === "account_changed";
