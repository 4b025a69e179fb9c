import { afterAll, beforeAll, expect, test } from "vitest";
import { insertCommand, readAnswer } from "../../../db/fleet/commands.ts";
import { commands } from "../../../db/fleet/tables.ts";
import { type CommandHandlers, commandDesk } from "../../../fleet/relay/answer-commands.ts";
import { requestRow } from "../../../shared/commands.ts";
import { newId } from "../../../shared/ids.ts";
import { startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { noCommands } from "../../harness/no-commands.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { moreUsers, newWebhookUser, publishMail } from "../../webhook/published-mail.ts";
import { runRole } from "../../webhook/running-role.ts";
import { CROWD, LONG_MS, startTarpit, untilHanging } from "./crowd.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test("hanging commands of one partner delay no command of another, nor its own other commands", async () => {
  const [slow, other] = [await stack.newPartner(), await stack.newPartner()];
  const hangs = Promise.withResolvers<never>();
  hangs.promise.catch(() => undefined);
  let hanging = 0;
  const handlers: CommandHandlers = {
    ...noCommands,
    test_webhook({ partner_id }) {
      if (partner_id !== slow.id) return Promise.resolve({ result: "no_webhook" });
      hanging++;
      return hangs.promise;
    },
  };
  const desk = commandDesk({
    ...{ db: stack.db, log: stack.log, handlers },
    ...{ mailboxVault: stack.vaults.mailbox, partnerVault: stack.vaults.partner },
  });
  const expiresAt = new Date(Date.now() + LONG_MS);
  const ask = async (partnerId: string, kind: "test_webhook" | "read_dead_letter") => {
    const id = newId("cmd");
    const letter = { event_id: "evt_1", as: "text" };
    const request = JSON.stringify({ kind, partner_id: partnerId, ...letter });
    const sealedRequest = await stack.vaults.mailbox.seal(requestRow(id), request);
    const of = { partnerId };
    await insertCommand(stack.db, { id, kind, of, sealedRequest, expiresAt });
    return id;
  };
  for (let i = 0; i < CROWD; i += 100)
    await Promise.all(Array.from({ length: 100 }, () => ask(slow.id, "test_webhook")));
  await desk.takeAll();
  const innocent = [
    await ask(other.id, "test_webhook"),
    await ask(other.id, "read_dead_letter"),
    await ask(slow.id, "read_dead_letter"),
  ];
  await desk.takeAll();
  for (const id of innocent) {
    await eventually("an answer", async () =>
      (await readAnswer(stack.db, id)).step === "answered" ? true : undefined,
    );
  }
  expect(hanging).toBeGreaterThan(8);
  expect(hanging).toBeLessThan(15);
  hangs.reject(new Error("over"));
  await desk.finish();
  await stack.db.delete(commands);
});

test("deliveries to an endpoint that hangs delay no delivery to another", async () => {
  const tarpit = await startTarpit();
  await using endpoint = await startEndpoint();
  const slow = await newWebhookUser(stack, await stack.newPartner({ newMailWebhook: tarpit.url }));
  const other = await newWebhookUser(
    stack,
    await stack.newPartner({ newMailWebhook: endpoint.url }),
  );
  // A lane fetches as many events as it may attempt at the same time, which is 100 here.
  for (const user of await moreUsers(stack, slow, 100)) await publishMail(stack, user);
  const role = runRole(stack, {
    processConcurrency: 16,
    laneConcurrency: 100,
    attemptTimeoutMs: LONG_MS,
  });
  await untilHanging(tarpit, 12);
  await publishMail(stack, other);
  await eventually("the delivery", () => (endpoint.posted.length === 1 ? true : undefined));
  expect(tarpit.open()).toBe(12);
  const ended = role[Symbol.asyncDispose]();
  await tarpit[Symbol.asyncDispose]();
  await ended;
});
