import * as v from "valibot";
import type { RowIdentity } from "./secrets/vault.ts";

/**
 * What the edge asks of the fleet through the table `commands`: the request is sealed with the
 * mailbox ring, which only the fleet opens, the answer with the partner ring, which the edge opens.
 */
export const command = v.variant("kind", [
  /** Send a signed test event to the partner's webhook for new mail, now and once. */
  v.object({ kind: v.literal("test_webhook"), partner_id: v.string() }),
  /** Log in to the user's mail server with these, once; nothing is stored. Null: as the provider says. */
  v.object({
    kind: v.literal("check_login"),
    user_id: v.string(),
    login_username: v.string(),
    login_password: v.string(),
    imap_host: v.nullable(v.string()),
    imap_port: v.nullable(v.number()),
    imap_security: v.nullable(v.picklist(["tls", "starttls", "none"])),
  }),
  /** Log in to the user's mail server with a token that was just granted, under each of the names until one is taken. */
  v.object({
    kind: v.literal("check_token_login"),
    user_id: v.string(),
    usernames: v.array(v.string()),
    token: v.variant("kind", [
      v.object({ kind: v.literal("oauth2"), access_token: v.string() }),
      /** RFC 5849: the consumer's pair and the token's. */
      v.object({
        kind: v.literal("oauth1"),
        consumer_key: v.string(),
        consumer_secret: v.string(),
        token: v.string(),
        token_secret: v.string(),
      }),
    ]),
  }),
  /** Show what a partner's dead letter says: its mail as text, or byte for byte. */
  v.object({
    kind: v.literal("read_dead_letter"),
    partner_id: v.string(),
    event_id: v.string(),
    as: v.picklist(["text", "eml"]),
  }),
]);
export type Command = v.InferOutput<typeof command>;

export const COMMAND_KINDS = command.options.map(({ entries }) => entries.kind.literal);

export const testWebhookAnswer = v.variant("result", [
  /** `answer` is the first 1,024 characters of the response's body. */
  v.object({
    result: v.literal("response"),
    status: v.number(),
    answer: v.string(),
    duration_ms: v.number(),
  }),
  v.object({ result: v.literal("failed"), error: v.string(), duration_ms: v.number() }),
  /** The partner has no webhook for new mail. */
  v.object({ result: v.literal("no_webhook") }),
]);
export type TestWebhookAnswer = v.InferOutput<typeof testWebhookAnswer>;

export const checkLoginAnswer = v.variant("result", [
  v.object({ result: v.literal("accepted") }),
  /** `reason` is a code of reasons.ts. */
  v.object({ result: v.literal("refused"), reason: v.string() }),
]);
export type CheckLoginAnswer = v.InferOutput<typeof checkLoginAnswer>;

export const checkTokenLoginAnswer = v.variant("result", [
  /** `username` is the name that the mail server took. */
  v.object({ result: v.literal("accepted"), username: v.string() }),
  /** It refused every name. `reason` is a code of reasons.ts. */
  v.object({ result: v.literal("refused"), reason: v.string() }),
  /** The server could not be asked, or said that it cannot answer now. */
  v.object({ result: v.literal("unknown"), reason: v.string() }),
]);
export type CheckTokenLoginAnswer = v.InferOutput<typeof checkTokenLoginAnswer>;

/** A mail as a person reads it. */
export const letterText = v.object({
  subject: v.nullable(v.string()),
  from: v.nullable(v.string()),
  to: v.nullable(v.string()),
  date: v.nullable(v.string()),
  /** The plain text, at most its first 100,000 characters; null where the mail has none. */
  text: v.nullable(v.string()),
  attachments: v.array(
    v.object({ name: v.nullable(v.string()), type: v.string(), size_bytes: v.number() }),
  ),
});
export type LetterText = v.InferOutput<typeof letterText>;

export const deadLetterAnswer = v.variant("result", [
  v.object({ result: v.literal("text"), mail: letterText }),
  v.object({ result: v.literal("eml"), rfc822_base64: v.string() }),
  /** `reason` says in words why there is nothing to show. */
  v.object({ result: v.literal("none"), reason: v.string() }),
]);
export type DeadLetterAnswer = v.InferOutput<typeof deadLetterAnswer>;

export const requestRow = (commandId: string): RowIdentity => `commands/${commandId}/request`;
export const answerRow = (commandId: string): RowIdentity => `commands/${commandId}/answer`;
