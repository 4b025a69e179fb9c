import { createFactory } from "hono/factory";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { insertCommand, readAnswer, withdrawCommand } from "../../db/commands.ts";
import type { Db } from "../../db/client.ts";
import { systemClock } from "../../shared/clock.ts";
import { answerRow, type Command, requestRow, testWebhookAnswer } from "../../shared/commands.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import type { AppEnv } from "../app-env.ts";
import { ANSWER_TIMEOUT_MS, nextStep } from "./command-wait.ts";
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
    const id = newId("cmd");
    const command: Command = { kind: "test_webhook", partner_id: c.var.partnerId };
    await insertCommand(c.var.db, {
      id,
      kind: command.kind,
      sealedRequest: await c.env.mailboxSealer.seal(requestRow(id), JSON.stringify(command)),
      expiresAt: new Date(Date.now() + ANSWER_TIMEOUT_MS),
    });
    const sealed = await awaitAnswer(c.var.db, id, c.req.raw.signal);
    if (sealed === undefined) {
      return problem("timeout", { detail: "The test was begun and its end did not become known" });
    }
    const opened = await c.env.partnerVault.open(answerRow(id), sealed);
    const answer = v.parse(testWebhookAnswer, JSON.parse(opened));
    if (answer.result === "no_webhook") {
      throw new AppError("conflict", "Cannot send a test: the partner has no webhook for new mail");
    }
    return c.json(answer);
  },
);

const POLL_INTERVAL_MS = 100;

/**
 * @returns the sealed answer; undefined when the fleet took the command and did not answer.
 * @throws {AppError} when nobody took it: then it is withdrawn and nothing was sent.
 */
async function awaitAnswer(db: Db, id: string, signal: AbortSignal): Promise<string | undefined> {
  const startedAtMs = systemClock.now();
  while (!signal.aborted) {
    const next = nextStep(await readAnswer(db, id), systemClock.now() - startedAtMs);
    if (next.step === "answer") return next.sealedAnswer;
    if (next.step === "give-up") return undefined;
    if (next.step === "withdraw" && (await withdrawCommand(db, id))) {
      throw new AppError("unavailable", "Cannot send a test: the fleet is not running");
    }
    await systemClock.sleep(POLL_INTERVAL_MS, signal);
  }
  return undefined;
}
