import * as v from "valibot";
import type { RowIdentity } from "./vault.ts";

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
]);
export type Command = v.InferOutput<typeof command>;

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

export const requestRow = (commandId: string): RowIdentity => `commands/${commandId}/request`;
export const answerRow = (commandId: string): RowIdentity => `commands/${commandId}/answer`;
