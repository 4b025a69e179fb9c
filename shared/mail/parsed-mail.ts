import * as v from "valibot";

const address = v.looseObject({
  name: v.nullable(v.string()),
  address: v.nullable(v.string()),
});

const attachment = v.looseObject({
  /** The name that the sender wrote. Do not use it as a path. */
  name: v.nullable(v.string()),
  /** The media type, in lower case. */
  type: v.string(),
  /** In bytes. */
  size: v.number(),
  disposition: v.nullable(v.string()),
  /** The id that `cid:` URLs in the HTML refer to. */
  content_id: v.nullable(v.string()),
  /** The SHA-256 of the content, in hex. */
  sha256: v.string(),
  /** Null when the content is left out. `omitted` then gives the reason. */
  content_base64: v.nullable(v.string()),
  omitted: v.exactOptional(v.string()),
});

/** The fields that a webhook for new mail has only in the format `parsed`. */
export const parsedMail = v.looseObject({
  subject: v.nullable(v.string()),
  from: v.array(address),
  to: v.array(address),
  cc: v.array(address),
  reply_to: v.array(address),
  /** ISO 8601, in UTC. */
  date: v.nullable(v.string()),
  message_id: v.nullable(v.string()),
  in_reply_to: v.nullable(v.string()),
  references: v.array(v.string()),
  text: v.nullable(v.string()),
  /** The HTML that the sender wrote. Sanitize it before you show it. */
  html: v.nullable(v.string()),
  /** `text` without quoted mails and without the signature. */
  reply_text: v.nullable(v.string()),
  attachments: v.array(attachment),
  /** Why the mail could not be parsed. */
  parse_error: v.exactOptional(v.string()),
  /** The whole mail, byte for byte; present only when the mail could not be parsed. */
  rfc822_base64: v.exactOptional(v.string()),
});
