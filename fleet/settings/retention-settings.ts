import * as v from "valibot";
import { seconds, wholeNumber } from "../../shared/env.ts";

/** Returns the schema of a setting that is a number of days, or "off", which is parsed as null. */
const daysOrOff = (minDays: number) => {
  const message = `must be a whole number of days from ${minDays} to 36500, or off`;
  return v.pipe(
    v.string(),
    v.regex(/^(off|\d{1,5})$/, message),
    v.transform((text) => (text === "off" ? null : Number(text))),
    v.check((days) => days === null || (days >= minDays && days <= 36_500), message),
  );
};

/** How long rows stay in Postgres. */
export const retentionSettings = {
  /** How often one instance deletes expired rows, for the whole fleet. */
  RETENTION_INTERVAL: v.optional(seconds(0.1, 86_400), "3600"),
  /**
   * Days that mails, other events and dead letters stay in the log. At least 35: dead letters stay
   * in NATS for 30 days, and are looked up in the log for 5 more days.
   */
  MAIL_LOG_DAYS: v.optional(wholeNumber(35, 36_500), "90"),
  /**
   * Days that an attempt stays in the log. At least 7: undelivered events are looked up in the last
   * 5 days of the log.
   */
  TRANSMIT_LOG_DAYS: v.optional(wholeNumber(7, 36_500), "30"),
  TRACER_LOG_DAYS: v.optional(wholeNumber(1, 36_500), "90"),
  /** Days that an entry stays in the audit log. Also applies to the state history of users. */
  AUDIT_LOG_DAYS: v.optional(wholeNumber(30, 36_500), "400"),
  /**
   * Days that a mail is remembered. A remembered mail is not delivered again when it is read again.
   * Afterwards, it may be delivered again with the same event id. At least 370: the longest sweep
   * covers 366 days, and its search begins one day earlier.
   */
  SEEN_DAYS: v.optional(wholeNumber(370, 36_500), "400"),
  /**
   * Days after which an archived user is removed permanently. At least 31: a restored user gets the
   * mail of the last 30 days.
   */
  ARCHIVED_USER_DAYS: v.optional(daysOrOff(31), "off"),
};
