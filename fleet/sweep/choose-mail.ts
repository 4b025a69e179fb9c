import type { SeenRow } from "../../db/mail/seen.ts";
import type { RecordedMail } from "../../db/mail/sweeps.ts";

/** The decision of a sweep about a mail in its period. */
export type Choice =
  /**
   * Do nothing: the mail was delivered, is queued, or was skipped for a reason that a sweep does
   * not change.
   */
  | "leave"
  /** Nobody has judged it yet. */
  | "judge"
  /** Only the memory of de-duplication still has the mail; it is kept longer than mail_logs. */
  | "judge_forgotten"
  /** The mail has ended, and must be judged and published again. */
  | "judge_again";

/** The known data of a mail before the sweep. */
export interface KnownMail {
  recorded: RecordedMail | undefined;
  seen: SeenRow | undefined;
}

/** Chooses what to do with a mail by what happened to it before. */
export function chooseMail({ recorded, seen }: KnownMail, redeliver: boolean): Choice {
  switch (recorded?.state) {
    case undefined:
      if (!seen) return "judge";
      return wasDelivered(seen) && !redeliver ? "leave" : "judge_forgotten";
    case "queued":
      // A queued mail without a sequence was queued by this sweep, which was interrupted.
      return recorded?.streamSeq === null ? "judge_again" : "leave";
    case "delivered":
      return redeliver ? "judge_again" : "leave";
    case "dead":
    case "lost":
      return "judge_again";
    case "skipped":
      return isAboutTheTime(recorded?.reason) ? "judge_again" : "leave";
    case "parked":
      // The user's session keeps trying to read the mail.
      return "leave";
  }
}

/** Whether the mail was delivered. A mail that was not delivered has no hashes in the memory. */
const wasDelivered = ({ messageIdHash, sha1 }: SeenRow) => messageIdHash !== null || sha1 !== null;

/** Whether the reason applied when the mail arrived, but may not apply now. */
const isAboutTheTime = (reason: string | null | undefined) =>
  reason === "before_user" || reason === "no_webhook" || reason === "account_changed";
