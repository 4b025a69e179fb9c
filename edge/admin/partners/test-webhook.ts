import { createFactory } from "hono/factory";
import { recordAudit } from "../../../db/admin/audit-log.ts";
import type { AppEnv } from "../../app-env.ts";
import { sendTestWebhook } from "../../partners/send-test-webhook.ts";
import { currentActor } from "../access/actor.ts";
import { mustFindLiving } from "./must-find-partner.ts";

/** Sends one test event without retries, and returns the answer of the partner's endpoint. */
export const postPartnerTestWebhook = createFactory<
  AppEnv,
  "/partners/:id/test-webhook"
>().createHandlers(async (c) => {
  const { db } = c.var;
  const { partner } = await mustFindLiving(db, c.req.param("id"));
  const { mailboxSealer, partnerVault } = c.env;
  const signal = c.req.raw.signal;
  const answer = await sendTestWebhook({ db, mailboxSealer, partnerVault }, partner.id, signal);
  await recordAudit(db, {
    actor: currentActor(c),
    action: "webhook.tested",
    subjectType: "partner",
    subjectId: partner.id,
    details: { result: answer?.result ?? "unknown" },
  });
  return c.json(answer ?? { result: "unknown" as const }, 200);
});
