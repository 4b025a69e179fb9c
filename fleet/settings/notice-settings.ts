import * as v from "valibot";
import { address } from "../../shared/env.ts";

/** One line, without the characters that separate addresses and headers. */
const mailAddress = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(254, "must be at most 254 characters long"),
  v.regex(/^[^\s@<>,;"]{1,64}@[^\s@<>,;"]{1,190}$/, "must be an e-mail address"),
);

const mailAddresses = v.pipe(
  v.string(),
  v.transform((text) => text.split(",").filter((one) => one.trim() !== "")),
  v.maxLength(20, "must be at most 20 addresses"),
  v.array(mailAddress),
);

/** How operators are notified of problems. */
export const noticeSettings = {
  /** A webhook in the form of Slack's incoming webhooks, to which notices are posted. */
  HEALTH_WEBHOOK_URL: v.optional(address("https:", "http:")),
  /** The addresses that receive notices, separated by commas. */
  HEALTH_MAIL_TO: v.optional(mailAddresses, ""),
  HEALTH_MAIL_FROM: v.optional(mailAddress),
  /** The server that sends the notices: `smtps://user:password@host:465`, or `smtp://` with STARTTLS. */
  HEALTH_SMTP_URL: v.optional(address("smtps:", "smtp:")),
};
