import { describeRoute } from "hono-openapi";
import { createFactory } from "hono/factory";
import { testWebhookAnswer } from "../../shared/commands.ts";
import type { AppEnv } from "../app-env.ts";
import { jsonAnswer, problemAnswers } from "../openapi/answers.ts";
import { sendTestWebhook } from "../partners/send-test-webhook.ts";
import { problem } from "../problem.ts";

const webhooks = createFactory<AppEnv, "/webhooks/test">();

export const postTestWebhook = webhooks.createHandlers(
  describeRoute({
    operationId: "sendTestWebhook",
    tags: ["Webhooks"],
    summary: "Send a signed test event to the webhook for new mail, once",
    responses: {
      200: jsonAnswer("The result of the test.", testWebhookAnswer),
      ...problemAnswers("conflict", "unavailable", "timeout"),
    },
  }),
  async (c) => {
    await c.var.enter(() => []);
    const { mailboxSealer, partnerVault } = c.env;
    const deps = { db: c.var.db, mailboxSealer, partnerVault };
    const answer = await sendTestWebhook(deps, c.var.partnerId, c.req.raw.signal);
    return answer ? c.json(answer) : problem("timeout", { detail: NO_END });
  },
);

const NO_END = "The test was begun and its end did not become known";
