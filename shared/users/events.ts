import * as v from "valibot";

/**
 * One address of an envelope. It has the fields of SuperIMAP (Ruby's Net::IMAP::Address), and the
 * whole address as `address`.
 */
const envelopeAddress = v.object({
  name: v.nullable(v.string()),
  /** Always null: source routes are obsolete (RFC 5322, 4.4). */
  route: v.null(),
  mailbox: v.nullable(v.string()),
  host: v.nullable(v.string()),
  address: v.nullable(v.string()),
});

/** The envelope of a mail (RFC 9051, 7.5.2), with encoded words decoded. */
export const envelope = v.object({
  /** In the format of RFC 5322, 3.3, in UTC. */
  date: v.nullable(v.string()),
  subject: v.nullable(v.string()),
  from: v.nullable(v.array(envelopeAddress)),
  sender: v.nullable(v.array(envelopeAddress)),
  reply_to: v.nullable(v.array(envelopeAddress)),
  to: v.nullable(v.array(envelopeAddress)),
  cc: v.nullable(v.array(envelopeAddress)),
  bcc: v.nullable(v.array(envelopeAddress)),
  in_reply_to: v.nullable(v.string()),
  message_id: v.nullable(v.string()),
});

const common = {
  /**
   * The `webhook-id`. It stays the same when the event is created again, for example after a crash.
   */
  id: v.string(),
  partner_id: v.string(),
  user_id: v.string(),
  user_tag: v.string(),
  imap_provider_code: v.string(),
  /** Milliseconds since the epoch. */
  created_at_ms: v.number(),
  /**
   * A hex SHA-1. For new mail: of the raw mail as text (see `rfc822Text()`), or of an empty text if
   * the mail is too large. For other events: of the user's tag.
   */
  sha1: v.string(),
};

const newMail = v.object({
  ...common,
  kind: v.literal("new_mail"),
  mailbox: v.string(),
  uid_validity: v.number(),
  uid: v.number(),
  internal_date_ms: v.number(),
  size_bytes: v.number(),
  oversize: v.boolean(),
  /**
   * The sequence number of the raw mail in the stream BODIES; null when the mail is too large to be
   * stored.
   */
  body_seq: v.nullable(v.number()),
  /** The key with which the raw mail is encrypted in BODIES (fleet/bus/stored-body.ts). */
  body_key: v.optional(v.nullable(v.string()), null),
  /**
   * Null when the envelope is too large for an event. It is then stored in BODIES, with the
   * sequence number `envelope_seq`.
   */
  envelope: v.nullable(envelope),
  envelope_seq: v.nullable(v.number()),
  envelope_key: v.optional(v.nullable(v.string()), null),
});

const userConnected = v.object({
  ...common,
  kind: v.literal("user_connected"),
  email: v.nullable(v.string()),
});
const userDisconnected = v.object({ ...common, kind: v.literal("user_disconnected") });
/**
 * Sent when the user's credentials are refused. The next event of this kind is sent only after the
 * credentials have worked again or were replaced.
 */
const userAuthFailed = v.object({
  ...common,
  kind: v.literal("user_auth_failed"),
  /** A code from reasons.ts. */
  reason: v.string(),
});

/** A message of the stream EVENTS. It is JSON, so that people can read it with the NATS CLI too. */
export const event = v.variant("kind", [newMail, userConnected, userDisconnected, userAuthFailed]);

export type EnvelopeAddress = v.InferOutput<typeof envelopeAddress>;
export type Envelope = v.InferOutput<typeof envelope>;
export type MailEvent = v.InferOutput<typeof event>;
export type NewMailEvent = v.InferOutput<typeof newMail>;
export type ConnectedEvent = v.InferOutput<typeof userConnected>;
export type AuthFailedEvent = v.InferOutput<typeof userAuthFailed>;
export type UserEvent = Exclude<MailEvent, NewMailEvent>;
export type EventKind = MailEvent["kind"];

export const EVENT_KINDS = [
  "new_mail",
  "user_connected",
  "user_disconnected",
  "user_auth_failed",
] as const satisfies readonly EventKind[];
