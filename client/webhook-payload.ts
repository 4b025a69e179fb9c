import * as v from "valibot";
import { envelope } from "../shared/events.ts";

const head = {
  /** Seconds since the epoch; that of this attempt. */
  timestamp: v.number(),
  /** Hex SHA-1 of `rfc822`, or of the tag. */
  sha1: v.string(),
  imap_provider_code: v.string(),
  user_tag: v.string(),
  /** Hex HMAC-SHA-256 over `timestamp` and `sha1`, as SuperIMAP made it; see `isBodySigned()`. */
  signature: v.string(),
};

const newMail = v.looseObject({
  ...head,
  envelope: v.nullable(envelope),
  /** The whole mail; empty when it is too large. */
  rfc822: v.string(),
  oversize: v.exactOptional(v.literal(true)),
  /** Bytes; of mail that is too large only. */
  size: v.exactOptional(v.number()),
});
const authFailed = v.looseObject({
  ...head,
  /** A stable code. */
  reason: v.string(),
  /** Where the user connects anew, for a day. */
  connect_url: v.nullable(v.string()),
});
const connected = v.looseObject({ ...head, email: v.nullable(v.string()) });
const disconnected = v.looseObject(head);

/**
 * The body of a webhook with its kind, which its fields tell: SuperIMAP's clients knew it from the
 * URL. Fields that are not known here are kept.
 */
export const webhookPayload = v.union([
  kindOf("new_mail", newMail),
  kindOf("user_auth_failed", authFailed),
  kindOf("user_connected", connected),
  kindOf("user_disconnected", disconnected),
]);
export type WebhookPayload = v.InferOutput<typeof webhookPayload>;

function kindOf<const Kind extends string, S extends v.GenericSchema<unknown, object>>(
  kind: Kind,
  schema: S,
) {
  return v.pipe(
    schema,
    v.transform((fields: v.InferOutput<S>) => ({ ...fields, kind })),
  );
}
