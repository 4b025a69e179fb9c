import type { SeenRow } from "../../db/mail/seen.ts";
import type { RecordedMail } from "../../db/mail/sweeps.ts";

/** What a sweep does with a mail in its period. */
export type Choice =
  /** Do nothing: the mail was delivered, is queued, or was skipped for a lasting reason. */
  | "leave"
  /** The mail was never judged: publish or skip it like new mail. */
  | "judge"
  /**
   * Delete the mail from `seen`, then judge it like new mail. It is no longer in mail_logs, but
   * `seen` keeps mails longer.
   */
  | "judge_forgotten"
  /** The mail is in mail_logs, and must be judged and published again. */
  | "judge_again";

/** What is known about a mail before the sweep handles it. */
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
      // A queued mail without a stream sequence is not published yet: the sweep was interrupted.
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

/** Whether the mail was delivered. In the table `seen`, only delivered mails have hashes. */
const wasDelivered = ({ messageIdHash, sha1 }: SeenRow) => messageIdHash !== null || sha1 !== null;

/** Whether the mail was skipped for a reason that may no longer apply. */
const isAboutTheTime = (reason: string | null | undefined) =>
  reason === "before_user" || reason === "no_webhook" || reason === "account_changed";
