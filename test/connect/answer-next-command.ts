import {
  answerRow,
  type CheckLoginAnswer,
  type DeadLetterAnswer,
  requestRow,
  type TestWebhookAnswer,
} from "../../shared/commands.ts";
import { eventually } from "../harness/eventually.ts";
import type { EdgeStack } from "../harness/stacks/edge-stack.ts";

/**
 * Answers the next command of the edge in place of the fleet.
 * @returns the request in the command.
 */
export async function answerNextCommand(
  { query, vaults }: EdgeStack,
  answer: CheckLoginAnswer | DeadLetterAnswer | TestWebhookAnswer,
): Promise<unknown> {
  const taken = await eventually("a command", async () => {
    const [row] = await query(
      "update commands set taken_at = now() where taken_at is null returning *",
    );
    return row;
  });
  const id = String(taken["id"]);
  const sealed = await vaults.partner.seal(answerRow(id), JSON.stringify(answer));
  await query("update commands set sealed_answer = $2, answered_at = now() where id = $1", [
    id,
    sealed,
  ]);
  return JSON.parse(await vaults.mailbox.open(requestRow(id), String(taken["sealed_request"])));
}
