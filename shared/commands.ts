import * as v from "valibot";
import type { RowIdentity } from "./secrets/vault.ts";

/**
 * Requests from the edge to the fleet, in the table `commands`. The mailbox ring seals the request,
 * so only the fleet can open it. The partner ring seals the answer, so the edge can open it, too.
 */
export const command = v.variant("kind", [
  /** Send one signed test event to the partner's webhook for new mail, without retries. */
  v.object({ kind: v.literal("test_webhook"), partner_id: v.string() }),
  /**
   * Log in to the user's mail server once with these credentials. Nothing is stored. A null field
   * means the provider's value.
   */
  v.object({
    kind: v.literal("check_login"),
    user_id: v.string(),
    login_username: v.string(),
    login_password: v.string(),
    imap_host: v.nullable(v.string()),
    imap_port: v.nullable(v.number()),
    imap_security: v.nullable(v.picklist(["tls", "starttls", "none"])),
  }),
  /**
   * Log in to the user's mail server with a token that the provider has just issued. Try
   * `usernames` in order until the server accepts one.
   */
  v.object({
    kind: v.literal("check_token_login"),
    user_id: v.string(),
    usernames: v.array(v.string()),
    token: v.variant("kind", [
      v.object({ kind: v.literal("oauth2"), access_token: v.string() }),
      /** OAuth 1.0 (RFC 5849), where the OAuth client is called the consumer. */
      v.object({
        kind: v.literal("oauth1"),
        consumer_key: v.string(),
        consumer_secret: v.string(),
        token: v.string(),
        token_secret: v.string(),
      }),
    ]),
  }),
  /** Read the mail of a partner's dead letter, as text or byte for byte. */
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
  /** `answer` is the first 1,024 characters of the response body. */
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
  /** `reason` is a code from reasons.ts. */
  v.object({ result: v.literal("refused"), reason: v.string() }),
]);
export type CheckLoginAnswer = v.InferOutput<typeof checkLoginAnswer>;

export const checkTokenLoginAnswer = v.variant("result", [
  /** `username` is the name that the mail server accepted. */
  v.object({ result: v.literal("accepted"), username: v.string() }),
  /** The mail server refused every name. `reason` is a code from reasons.ts. */
  v.object({ result: v.literal("refused"), reason: v.string() }),
  /**
   * The mail server could not be reached, or is temporarily unavailable. `reason` is a code from
   * reasons.ts.
   */
  v.object({ result: v.literal("unknown"), reason: v.string() }),
]);
export type CheckTokenLoginAnswer = v.InferOutput<typeof checkTokenLoginAnswer>;

/** The readable parts of a mail. */
export const letterText = v.object({
  subject: v.nullable(v.string()),
  from: v.nullable(v.string()),
  to: v.nullable(v.string()),
  date: v.nullable(v.string()),
  /** The plain text, cut after 100,000 characters; null when the mail has none. */
  text: v.nullable(v.string()),
  attachments: v.array(
    v.object({ name: v.nullable(v.string()), type: v.string(), size_bytes: v.number() }),
  ),
});
export type LetterText = v.InferOutput<typeof letterText>;

export const deadLetterAnswer = v.variant("result", [
  v.object({ result: v.literal("text"), mail: letterText }),
  v.object({ result: v.literal("eml"), rfc822_base64: v.string() }),
  /** `reason` is a sentence that says why there is nothing to show. */
  v.object({ result: v.literal("none"), reason: v.string() }),
]);
export type DeadLetterAnswer = v.InferOutput<typeof deadLetterAnswer>;

export const requestRow = (commandId: string): RowIdentity => `commands/${commandId}/request`;
export const continuationRow = (commandId: string): RowIdentity =>
  `commands/${commandId}/continuation`;
export const answerRow = (commandId: string): RowIdentity => `commands/${commandId}/answer`;
