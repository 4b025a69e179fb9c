import type { Context } from "hono";
import { describeRoute } from "hono-openapi";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import type { Db } from "../../db/client.ts";
import { lockPause, pauseLane, resumeLane } from "../../db/deliveries/lane-pauses.ts";
import { findLane, type FoundLane } from "../../db/deliveries/lanes.ts";
import { openWebhooks } from "../../db/partners/partner-webhooks.ts";
import { AppError } from "../../shared/errors.ts";
import type { AppEnv } from "../app-env.ts";
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
    return c.json(await showOpened(c, found));
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
  async (c) => {
    await c.var.enter(() => []);
    const { db, partnerId } = c.var;
    await db.transaction((tx) =>
      pauseLane(tx, partnerId, { reason: "partner", actor: `partner:${partnerId}` }),
    );
    return c.json(await shownWebhooks(c));
  },
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
  async (c) => {
    await c.var.enter(() => []);
    const { db, partnerId } = c.var;
    await resume(db, partnerId);
    return c.json(await shownWebhooks(c));
  },
);

/**
 * Resumes the partner's deliveries. If an administrator paused them, only an administrator may
 * resume them.
 */
const resume = (db: Db, partnerId: string) =>
  db.transaction(async (tx) => {
    const { reason } = await lockPause(tx, partnerId);
    if (reason === null) return;
    if (reason === "admin") {
      throw new AppError(
        "conflict",
        "Cannot resume the deliveries: an administrator paused them, and must be asked to resume them",
      );
    }
    await resumeLane(tx, partnerId, { reason, actor: `partner:${partnerId}` });
  });

const shownWebhooks = async (c: Context<AppEnv>) =>
  showOpened(c, await findLane(c.var.db, c.var.partnerId));

const showOpened = async ({ env }: Context<AppEnv>, found: FoundLane) =>
  showWebhooks({ ...found, partner: await openWebhooks(env.partnerVault, found.partner) });
