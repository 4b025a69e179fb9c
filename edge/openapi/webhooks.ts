import * as v from "valibot";
import { parsedMail } from "../../shared/mail/parsed-mail.ts";
import { envelope } from "../../shared/users/events.ts";
import { buildJsonSchema, type JsonSchema } from "./schema.ts";
import { WEBHOOK_EXAMPLES } from "./examples/webhook-examples.ts";

const described = <S extends v.GenericSchema>(schema: S, text: string) =>
  v.pipe(schema, v.description(text));

const head = {
  timestamp: described(v.number(), "The time of this attempt, in seconds since the epoch."),
  sha1: described(
    v.string(),
    "Hex SHA-1 of the mail as text, in every format; for other events, of the user's tag.",
  ),
  imap_provider_code: v.string(),
  user_tag: v.string(),
  signature: described(
    v.string(),
    "Hex HMAC-SHA-256 over `timestamp` and `sha1` with the signing API key, as in SuperIMAP. New endpoints verify the header `webhook-signature`.",
  ),
};
const mailHead = {
  ...head,
  envelope: v.nullable(envelope),
  oversize: described(
    v.exactOptional(v.literal(true)),
    "The mail is larger than the limit: it has no content.",
  ),
  size: described(v.exactOptional(v.number()), "In bytes; only with `oversize`."),
};

const superimapMail = v.looseObject({
  ...mailHead,
  rfc822: described(v.string(), "The whole mail; bytes that are not UTF-8 are replaced."),
});
const rawMail = v.looseObject({
  ...mailHead,
  format: v.literal("raw"),
  rfc822_base64: described(v.string(), "The whole mail, byte for byte."),
});
const parsedMailBody = v.looseObject({
  ...mailHead,
  format: v.literal("parsed"),
  ...parsedMail.entries,
});
const connected = v.looseObject({ ...head, email: v.nullable(v.string()) });
const disconnected = v.looseObject(head);
const authFailed = v.looseObject({
  ...head,
  reason: described(v.string(), "A stable code, as in the user's `state_reason`."),
  connect_url: described(
    v.nullable(v.string()),
    "The page where the user connects the account again. Valid for a day.",
  ),
});

interface Webhook {
  summary: string;
  description: string;
  bodies: readonly v.GenericSchema[];
}

/** The webhook of each kind of event, with the bodies that it may have. */
export const WEBHOOKS: Readonly<Record<string, Webhook>> = {
  new_mail: {
    summary: "A mail has arrived",
    description:
      "Sent to `new_mail_webhook`. The partner's payload format decides which of the bodies it has: `superimap` (without `format`), `raw` or `parsed`.",
    bodies: [superimapMail, rawMail, parsedMailBody],
  },
  user_connected: {
    summary: "An account was connected",
    description: "Sent to `user_connected_webhook`.",
    bodies: [connected],
  },
  user_disconnected: {
    summary: "An account was disconnected",
    description: "Sent to `user_disconnected_webhook`.",
    bodies: [disconnected],
  },
  user_auth_failed: {
    summary: "The login of a user is refused",
    description:
      "Sent to `user_auth_failed_webhook`, once. It is sent again only after the credentials have worked or were replaced.",
    bodies: [authFailed],
  },
};

/** Headers of every webhook (Standard Webhooks 1.0). */
const headers = [
  ["webhook-id", "The event's id: the same at every attempt. Use it to recognize repetitions."],
  ["webhook-timestamp", "The time of this attempt, in seconds since the epoch."],
  ["webhook-signature", "Signatures of id, timestamp and body, separated by spaces."],
].map(([name = "", description = ""]) => ({
  name,
  in: "header" as const,
  required: true,
  description,
  schema: { type: "string" as const },
}));

const responses = {
  "2XX": { description: "The event is delivered." },
  "403": { description: "The user is archived: its mailbox is no longer watched." },
  default: { description: "The event is sent again, up to six times over ten hours." },
};

/** Returns the member `webhooks` of the document (OpenAPI 3.1.0, 4.8.1). */
export const describeWebhooks = () =>
  Object.fromEntries(
    Object.entries(WEBHOOKS).map(([kind, { summary, description, bodies }]) => {
      const schemas = bodies.map((body) => buildJsonSchema(body));
      const [only] = schemas;
      const schema: JsonSchema = schemas.length === 1 && only ? only : { oneOf: schemas };
      const content = { "application/json": { schema, ...WEBHOOK_EXAMPLES[kind] } };
      const post = {
        operationId: `receive_${kind}`.replaceAll(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
        tags: ["Webhooks"],
        summary,
        description,
        security: [],
        parameters: headers,
        requestBody: { required: true, content },
        responses,
      };
      return [kind, { post }];
    }),
  );
