import type { Context } from "hono";
import { describeRoute } from "hono-openapi";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import type { Db } from "../../db/client.ts";
import { readServerTime } from "../../db/conditions.ts";
import { type PauseReason, toPause, toResumption } from "../../db/deliveries/lane-pauses.ts";
import { findLane, type FoundLane } from "../../db/deliveries/lanes.ts";
import { lockPartner, requirePartner } from "../../db/partners/partner-version.ts";
import type { Ref } from "../../db/query.ts";
import { openWebhooks } from "../../db/partners/partner-webhooks.ts";
import { AppError } from "../../shared/errors.ts";
import type { AppEnv } from "../app-env.ts";
import { answerWrite } from "../middleware/answer-write.ts";
import { validBody } from "../middleware/valid.ts";
import { jsonAnswer, problemAnswers } from "../openapi/answers.ts";
import { showWebhooks, webhooksAnswer } from "../partners/lane-schemas.ts";

const shown = createFactory<AppEnv, "/webhooks">();
const paused = createFactory<AppEnv, "/webhooks/pause">();
const resumed = createFactory<AppEnv, "/webhooks/resume">();
const nothing = v.strictObject({});

export const getLane = shown.createHandlers(
  describeRoute({
    operationId: "getWebhookDeliveries",
    tags: ["Webhooks"],
    summary: "Show the webhook addresses and the state of deliveries",
    description: "Passwords in addresses are not shown.",
    responses: { 200: jsonAnswer("The webhooks.", webhooksAnswer) },
  }),
  async (c) => {
    const [found] = await c.var.enter((db, partner) => [findLane(db, partner)]);
    return show(c, found);
  },
);

export const postPause = paused.createHandlers(
  describeRoute({
    operationId: "pauseWebhooks",
    tags: ["Webhooks"],
    summary: "Pause all deliveries",
    description:
      "Events are kept, and no attempt is used up. Events that wait for longer than 36 hours become dead letters. Idempotent.",
    responses: { 200: jsonAnswer("The webhooks.", webhooksAnswer) },
  }),
  validBody(nothing),
  async (c) =>
    answerWrite(c, {
      ...OWN_LANE,
      decide: async ([found, at]) => {
        const { partnerId } = c.var;
        const { partner, version } = found;
        if (partner.pausedAt !== null) return { answer: await show(c, found), build: () => [] };
        const changed = { ...partner, pausedAt: at, pausedReason: "partner" as const };
        const cause = { reason: "partner" as const, actor: `partner:${partnerId}`, at };
        return {
          answer: await show(c, { ...found, partner: changed }),
          build: (db) => [requirePartner(db, partnerId, version), ...toPause(db, partnerId, cause)],
        };
      },
    }),
);

export const postResume = resumed.createHandlers(
  describeRoute({
    operationId: "resumeWebhooks",
    tags: ["Webhooks"],
    summary: "Resume deliveries",
    description:
      "Ends a pause that you requested, or that many answers with 403 caused. Idempotent.",
    responses: {
      200: jsonAnswer("The webhooks.", webhooksAnswer),
      ...problemAnswers("conflict"),
    },
  }),
  validBody(nothing),
  async (c) =>
    answerWrite(c, {
      ...OWN_LANE,
      decide: async ([found]) => {
        const { partnerId } = c.var;
        const { partner, version } = found;
        const reason = partner.pausedReason;
        if (reason === null) return { answer: await show(c, found), build: () => [] };
        refuseForeign(reason);
        const changed = { ...partner, pausedAt: null, pausedReason: null };
        const cause = { reason, actor: `partner:${partnerId}` };
        return {
          answer: await show(c, { ...found, partner: changed }),
          build: (db) => [
            requirePartner(db, partnerId, version),
            ...toResumption(db, partnerId, cause),
          ],
        };
      },
    }),
);

/** What `answerWrite()` needs for a pause or a resumption. */
const OWN_LANE = {
  read: (db: Db, partner: Ref) => [findLane(db, partner), readServerTime(db)] as const,
  lock: (db: Db, partner: Ref) => [lockPartner(db, partner)],
};

/** If an administrator paused the deliveries, only an administrator may resume them. */
function refuseForeign(reason: PauseReason): void {
  if (reason !== "admin") return;
  throw new AppError(
    "conflict",
    "Cannot resume the deliveries: an administrator paused them, and must be asked to resume them",
  );
}

async function show(c: Context<AppEnv>, found: FoundLane) {
  const partner = await openWebhooks(c.env.partnerVault, found.partner);
  return c.json(showWebhooks({ ...found, partner }));
}
