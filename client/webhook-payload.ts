import * as v from "valibot";
import { envelope } from "../shared/users/events.ts";
import { parsedMail } from "../shared/mail/parsed-mail.ts";

const head = {
  /** The time of this attempt, in seconds since the Unix epoch. */
  timestamp: v.number(),
  /**
   * For new mail, the hex SHA-1 of the text that the format `superimap` sends as `rfc822`. The
   * other formats send the same hash. For other events, the hex SHA-1 of the tag.
   */
  sha1: v.string(),
  imap_provider_code: v.string(),
  user_tag: v.string(),
  /**
   * Hex HMAC-SHA-256 over `timestamp` and `sha1`, the same as in the old SuperIMAP
   * (docs/superimap.md). Check it with `isBodySigned()`.
   */
  signature: v.string(),
};

const mailHead = {
  ...head,
  envelope: v.nullable(envelope),
  /** True when the mail is too large and is delivered without its content. */
  oversize: v.exactOptional(v.literal(true)),
  /** The size in bytes. Present only for mail that is too large. */
  size: v.exactOptional(v.number()),
};

const superimapMail = v.pipe(
  v.looseObject({
    ...mailHead,
    format: v.exactOptional(v.never()),
    /** The whole mail; invalid UTF-8 bytes are replaced. */
    rfc822: v.string(),
  }),
  v.transform((fields) => ({ ...fields, format: "superimap" as const })),
);
const rawMail = v.looseObject({
  ...mailHead,
  format: v.literal("raw"),
  /** The whole mail, byte for byte, in base64. */
  rfc822_base64: v.string(),
});
const parsedMailBody = v.looseObject({
  ...mailHead,
  format: v.literal("parsed"),
  ...parsedMail.entries,
});

const authFailed = v.looseObject({
  ...head,
  /** Why the login failed: a code that never changes its meaning. */
  reason: v.string(),
  /** The page where the account's owner can connect again. The link is valid for 24 hours. */
  connect_url: v.nullable(v.string()),
});
const connected = v.looseObject({ ...head, email: v.nullable(v.string()) });
const disconnected = v.looseObject({
  ...head,
  /**
   * Forbids `envelope`. All other fields of this body are in every body, so without this rule a
   * malformed new-mail body would count as `user_disconnected`.
   */
  envelope: v.exactOptional(v.never()),
});
/** The event that `POST /webhooks/test` sends. It belongs to no user. */
const testEvent = v.looseObject({
  ...head,
  imap_provider_code: v.null(),
  user_tag: v.null(),
  test: v.literal(true),
});

/**
 * The schema of a webhook's body. A body does not contain the kind of its event, as in the old
 * SuperIMAP: each kind may have its own URL. So the schema recognizes the kind by the fields of the
 * body, and adds it as `kind`. New mail also gets a `format`, which says which field contains the
 * mail. Unknown fields are kept.
 */
export const webhookPayload = v.union([
  withKind("new_mail", superimapMail),
  withKind("new_mail", rawMail),
  withKind("new_mail", parsedMailBody),
  withKind("user_auth_failed", authFailed),
  withKind("user_connected", connected),
  withKind("user_disconnected", disconnected),
  withKind("test", testEvent),
]);
export type WebhookPayload = v.InferOutput<typeof webhookPayload>;
export type MailPayload = Extract<WebhookPayload, { kind: "new_mail" }>;

function withKind<const Kind extends string, S extends v.GenericSchema<unknown, object>>(
  kind: Kind,
  schema: S,
) {
  return v.pipe(
    schema,
    v.transform((fields: v.InferOutput<S>) => ({ ...fields, kind })),
  );
}
