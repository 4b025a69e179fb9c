import { createFactory } from "hono/factory";
import { recordAudit } from "../../../db/admin/audit-log.ts";
import type { AppEnv } from "../../app-env.ts";
import { sendTestWebhook } from "../../partners/send-test-webhook.ts";
import { currentActor } from "../access/actor.ts";
import { mustFindLiving } from "./must-find-partner.ts";

/** Sends a test event, now and once, and shows what the partner's endpoint answers. */
export const postTestWebhook = createFactory<AppEnv, "/partners/:id/test-webhook">().createHandlers(
  async (c) => {
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
  },
);
