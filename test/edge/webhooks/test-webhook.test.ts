import { expect, test } from "vitest";
import { answerRow, requestRow, type TestWebhookAnswer } from "../../../shared/commands.ts";
import { eventually } from "../../harness/eventually.ts";
import { type TestPartner, useEdge } from "../use-edge.ts";

const edge = useEdge();

/**
 * Answers the next command of the edge in place of the fleet. Returns the request in the command.
 */
async function answerAs(partner: TestPartner, answer: TestWebhookAnswer): Promise<unknown> {
  const { query, vaults } = edge.stack();
  const taken = await eventually("a command", async () => {
    const take = "update commands set taken_at = now() where taken_at is null returning *";
    return (await query(take))[0];
  });
  const id = String(taken["id"]);
  const sealed = await vaults.partner.seal(answerRow(id), JSON.stringify(answer));
  await query("update commands set sealed_answer = $2, answered_at = now() where id = $1", [
    id,
    sealed,
  ]);
  expect(String(taken["sealed_request"])).not.toContain(partner.id);
  return JSON.parse(await vaults.mailbox.open(requestRow(id), String(taken["sealed_request"])));
}

const answers: TestWebhookAnswer[] = [
  { result: "response", status: 204, answer: "", duration_ms: 12 },
  { result: "failed", error: "refused", duration_ms: 3 },
];

test.each(answers)("POST /webhooks/test shows what the fleet answers: %j", async (answer) => {
  const partner = await edge.newPartner();
  const [shown, request] = await Promise.all([
    partner.call("POST", "/webhooks/test"),
    answerAs(partner, answer),
  ]);
  expect(request).toEqual({ kind: "test_webhook", partner_id: partner.id });
  expect(shown).toMatchObject({ status: 200, body: answer });
});

test("without a webhook for new mail the answer is that nothing was sent", async () => {
  const partner = await edge.newPartner();
  const [shown] = await Promise.all([
    partner.call("POST", "/webhooks/test"),
    answerAs(partner, { result: "no_webhook" }),
  ]);
  expect(shown).toMatchObject({ status: 409, body: { code: "conflict" } });
});

// Takes 5 s: the edge waits this long for the fleet to accept a command (TAKE_TIMEOUT_MS).
test("a missing fleet is reported, and the command is withdrawn", async () => {
  const { call } = await edge.newPartner();
  expect(await call("POST", "/webhooks/test")).toMatchObject({
    status: 503,
    body: { code: "unavailable", detail: "Cannot send a test: the fleet is not running" },
  });
  expect(await edge.stack().query("select 1 from commands where taken_at is null")).toEqual([]);
});
