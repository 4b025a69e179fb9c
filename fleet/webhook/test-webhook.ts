import type { Db } from "../../db/client.ts";
import { findPartnerSettings } from "../../db/partners/partner-settings.ts";
import type { Clock } from "../../shared/clock.ts";
import type { TestWebhookAnswer } from "../../shared/commands.ts";
import { newId } from "../../shared/ids.ts";
import { sha1Hex } from "../../shared/mail/rfc822.ts";
import type { Opener } from "../../shared/secrets/vault.ts";
import type { Post } from "../dialling/endpoint-client.ts";
import { attempt } from "./attempt/attempt.ts";
import { findWebhook, openWebhookAddress } from "./attempt/webhook-address.ts";
import { describeResult } from "./attempt/outcome.ts";
import { partnerKeyring } from "./attempt/partner-keys.ts";
import { signRequest } from "./attempt/webhook-request.ts";

export interface TestWebhookDeps {
  db: Db;
  partnerVault: Opener;
  clock: Clock;
  post: Post;
}

/**
 * Answers the command `test_webhook`: posts one signed event to a partner's webhook for new mail.
 * Does not retry, and records no attempt.
 */
export async function answerTestWebhook(
  deps: TestWebhookDeps,
  settings: { attemptTimeoutMs: number },
  command: { partner_id: string },
): Promise<TestWebhookAnswer> {
  const partner = await findPartnerSettings(deps.db, command.partner_id);
  if (!partner || findWebhook(partner, "new_mail") === null) return { result: "no_webhook" };
  const url = await openWebhookAddress(deps.partnerVault, partner, "new_mail");

  const nowMs = deps.clock.now();
  const keys = await partnerKeyring(deps.partnerVault)(partner, nowMs);
  const sha1 = sha1Hex("test");
  const request = await signRequest(
    {
      id: newId("evt", nowMs),
      sha1,
      renderBody: ({ timestampS, signature }) =>
        JSON.stringify({
          timestamp: timestampS,
          sha1,
          imap_provider_code: null,
          user_tag: null,
          signature,
          test: true,
        }),
    },
    keys,
    nowMs,
  );
  const { result, durationMs, answer } = await attempt(
    deps,
    url,
    { ...request, allowsHttp: partner.allowPlainHttp },
    settings.attemptTimeoutMs,
  );
  if (result.kind !== "response") {
    return { result: "failed", error: describeResult(result) ?? "", duration_ms: durationMs };
  }
  return {
    result: "response",
    status: result.status,
    answer: answer ?? "",
    duration_ms: durationMs,
  };
}
