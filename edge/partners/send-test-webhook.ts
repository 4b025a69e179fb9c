import * as v from "valibot";
import { type Command, type TestWebhookAnswer, testWebhookAnswer } from "../../shared/commands.ts";
import { AppError } from "../../shared/errors.ts";
import { type AskDeps, askFleet } from "../commands/ask-fleet.ts";

export type TestEnd = Exclude<TestWebhookAnswer, { result: "no_webhook" }>;

/**
 * Asks the fleet to send one signed test event to a partner's webhook for new mail, without
 * retries.
 *
 * @returns The result of the test. Undefined when an instance took the command but did not answer
 * in time.
 * @throws {AppError} when nothing was sent.
 */
export async function sendTestWebhook(
  deps: AskDeps,
  partnerId: string,
  signal: AbortSignal,
): Promise<TestEnd | undefined> {
  const command: Command = { kind: "test_webhook", partner_id: partnerId };
  const asked = await askFleet(deps, command, signal);
  if (asked.outcome === "no-fleet") {
    throw new AppError("unavailable", "Cannot send a test: the fleet is not running");
  }
  if (asked.outcome === "no-answer") return undefined;
  const answer = v.parse(testWebhookAnswer, JSON.parse(asked.answer));
  if (answer.result === "no_webhook") {
    throw new AppError("conflict", "Cannot send a test: the partner has no webhook for new mail");
  }
  return answer;
}
