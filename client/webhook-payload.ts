import * as v from "valibot";
import { envelope } from "../shared/users/events.ts";
import { parsedMail } from "./parsed-mail.ts";

const head = {
  /** Seconds since the epoch; that of this attempt. */
  timestamp: v.number(),
  /** Hex SHA-1 of the mail as text, in every format that of `rfc822`; or of the tag. */
  sha1: v.string(),
  imap_provider_code: v.string(),
  user_tag: v.string(),
  /** Hex HMAC-SHA-256 over `timestamp` and `sha1`, as SuperIMAP made it; see `isBodySigned()`. */
  signature: v.string(),
};

const mailHead = {
  ...head,
  envelope: v.nullable(envelope),
  /** True when the mail is too large: then its content is empty. */
  oversize: v.exactOptional(v.literal(true)),
  /** Bytes; of mail that is too large only. */
  size: v.exactOptional(v.number()),
};

const superimapMail = v.pipe(
  v.looseObject({
    ...mailHead,
    format: v.exactOptional(v.never()),
    /** The whole mail; bytes that are no UTF-8 are replaced. */
    rfc822: v.string(),
  }),
  v.transform((fields) => ({ ...fields, format: "superimap" as const })),
);
const rawMail = v.looseObject({
  ...mailHead,
  format: v.literal("raw"),
  /** The whole mail, byte for byte. */
  rfc822_base64: v.string(),
});
const parsedMailBody = v.looseObject({
  ...mailHead,
  format: v.literal("parsed"),
  ...parsedMail.entries,
});

const authFailed = v.looseObject({
  ...head,
  /** A stable code. */
  reason: v.string(),
  /** Where the user connects anew, for a day. */
  connect_url: v.nullable(v.string()),
});
const connected = v.looseObject({ ...head, email: v.nullable(v.string()) });
const disconnected = v.looseObject({
  ...head,
  /** A mail that cannot be read is none of these either. */
  envelope: v.exactOptional(v.never()),
});
/** Asked for with `POST /webhooks/test`: of no user. */
const testEvent = v.looseObject({
  ...head,
  imap_provider_code: v.null(),
  user_tag: v.null(),
  test: v.literal(true),
});

/**
 * The body of a webhook with its kind, which its fields tell: SuperIMAP's clients knew it from the
 * URL. New mail has a `format` as well, which says where its content is. Fields that are not known
 * here are kept.
 */
export const webhookPayload = v.union([
  kindOf("new_mail", superimapMail),
  kindOf("new_mail", rawMail),
  kindOf("new_mail", parsedMailBody),
  kindOf("user_auth_failed", authFailed),
  kindOf("user_connected", connected),
  kindOf("user_disconnected", disconnected),
  kindOf("test", testEvent),
]);
export type WebhookPayload = v.InferOutput<typeof webhookPayload>;
export type MailPayload = Extract<WebhookPayload, { kind: "new_mail" }>;

function kindOf<const Kind extends string, S extends v.GenericSchema<unknown, object>>(
  kind: Kind,
  schema: S,
) {
  return v.pipe(
    schema,
    v.transform((fields: v.InferOutput<S>) => ({ ...fields, kind })),
  );
}
