import * as v from "valibot";

const address = v.looseObject({
  name: v.nullable(v.string()),
  address: v.nullable(v.string()),
});

const attachment = v.looseObject({
  /** As its sender wrote it: no path to trust. */
  name: v.nullable(v.string()),
  /** Its media type, in lower case. */
  type: v.string(),
  /** Bytes. */
  size: v.number(),
  disposition: v.nullable(v.string()),
  /** As `cid:` URLs of the HTML have it. */
  content_id: v.nullable(v.string()),
  /** Hex, of the content. */
  sha256: v.string(),
  /** Null when it is too large; `omitted` says so in words. */
  content_base64: v.nullable(v.string()),
  omitted: v.exactOptional(v.string()),
});

/** What new mail has in the format `parsed` only. */
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
  /** As its sender wrote it: to be cleaned before it is shown. */
  html: v.nullable(v.string()),
  /** `text` without quotations and signature. */
  reply_text: v.nullable(v.string()),
  attachments: v.array(attachment),
  /** Why the mail could not be parsed. */
  parse_error: v.exactOptional(v.string()),
  /** The whole mail, byte for byte; only where it could not be parsed. */
  rfc822_base64: v.exactOptional(v.string()),
});
