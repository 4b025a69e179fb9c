import { createFactory } from "hono/factory";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { type Command, testWebhookAnswer } from "../../shared/commands.ts";
import { AppError } from "../../shared/errors.ts";
import type { AppEnv } from "../app-env.ts";
import { askFleet } from "../commands/ask-fleet.ts";
import { jsonAnswer, problemAnswers } from "../openapi/answers.ts";
import { problem } from "../problem.ts";

const webhooks = createFactory<AppEnv, "/webhooks/test">();

export const postTestWebhook = webhooks.createHandlers(
  describeRoute({
    tags: ["Webhooks"],
    summary: "Send a signed test event to the webhook for new mail, now and once",
    responses: {
      200: jsonAnswer("What came of it.", testWebhookAnswer),
      ...problemAnswers("conflict", "unavailable", "timeout"),
    },
  }),
  async (c) => {
    const { mailboxSealer, partnerVault } = c.env;
    const command: Command = { kind: "test_webhook", partner_id: c.var.partnerId };
    const asked = await askFleet(
      { db: c.var.db, mailboxSealer, partnerVault },
      command,
      c.req.raw.signal,
    );
    if (asked.outcome === "no-fleet") {
      throw new AppError("unavailable", "Cannot send a test: the fleet is not running");
    }
    if (asked.outcome === "no-answer") {
      return problem("timeout", { detail: "The test was begun and its end did not become known" });
    }
    const answer = v.parse(testWebhookAnswer, JSON.parse(asked.answer));
    if (answer.result === "no_webhook") {
      throw new AppError("conflict", "Cannot send a test: the partner has no webhook for new mail");
    }
    return c.json(answer);
  },
);
