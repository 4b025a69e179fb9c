import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startUserRemoval } from "../../../db/removal/removals.ts";
import { partners } from "../../../db/partners/tables.ts";
import { userEvents } from "../../../db/mail/tables.ts";
import { users } from "../../../db/users/tables.ts";
import { DEAD, POKE_PARTNERS } from "../../../fleet/bus/subjects.ts";
import { newId } from "../../../shared/ids.ts";
import { eventually } from "../../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import {
  cleared,
  deadMail,
  requestLetterDeletion,
  findLetter,
  letterThat,
  findMailLog,
  newUserAt,
  deadConnect,
  redeliver,
  runDeadLetters,
  startDown,
} from "./dying-user.ts";
import { runRole } from "../running-role.ts";

let stack: FleetStack;
let role: AsyncDisposable;
beforeAll(async () => {
  stack = await startFleetStack();
  role = runRole(stack, { retryScheduleMs: [20] });
});
afterAll(async () => {
  await role?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
});

const runLetters = () => runDeadLetters(stack, stack);

test("a mail that is lost in DEAD and in its mailbox is reported as text, and the letter stays", async () => {
  await using endpoint = await startDown();
  const user = await newUserAt(stack, endpoint);
  const id = await deadMail(stack, user);
  const connected = await deadConnect(stack, user);
  await stack.bus.jsm.streams.purge(DEAD, { filter: `dead.${user.partner.id}.>` });
  await using _letters = runLetters();
  expect(await redeliver(stack, user.partner.id)).toBe(2);
  for (const [eventId, error] of [
    [id, "the mail is no longer stored, and its mailbox is not watched now"],
    [connected, "what the event says is no longer stored"],
  ] as const) {
    const back = await letterThat(stack, eventId, "back", (one) => one.redeliveryError !== null);
    expect(back).toMatchObject({ redeliveryError: error, redeliverRequestedAt: null });
  }
  expect(await findMailLog(stack, id)).toMatchObject({
    state: "dead",
    reason: "the endpoint answered 500",
  });
  const [logged] = await stack.db
    .select()
    .from(userEvents)
    .where(eq(userEvents.eventId, connected));
  expect(logged).toMatchObject({ state: "dead" });
});

test("an event that cannot be read is not asked for, and can be deleted", async () => {
  await using endpoint = await startDown();
  const user = await newUserAt(stack, endpoint);
  const id = newId("evt");
  const subject = `evt.${user.partner.id}.new_mail.${user.id}`;
  await stack.bus.publish({ subject, id, payload: "{" });
  expect(await letterThat(stack, id, "of the poison", () => true)).toMatchObject({
    unreadable: true,
  });
  expect(await redeliver(stack, user.partner.id)).toBe(0);
  await using _letters = runLetters();
  expect(await requestLetterDeletion(stack, user.partner.id)).toBe(1);
  await eventually("it to go", async () => ((await findLetter(stack, id)) ? undefined : true));
  await cleared(stack, user);
});

test("a letter whose partner no longer has a webhook for it is returned with this reason", async () => {
  await using endpoint = await startDown();
  const user = await newUserAt(stack, endpoint);
  const id = await deadMail(stack, user);
  await stack.db
    .update(partners)
    .set({ newMailWebhook: null })
    .where(eq(partners.id, user.partner.id));
  await using _letters = runLetters();
  // The lane notices the missing webhook after a moment. Until then, the test repeats its request
  // for a redelivery.
  await eventually("the lane to skip it", async () => {
    stack.bus.poke(POKE_PARTNERS, {});
    await redeliver(stack, user.partner.id);
    const letter = await findLetter(stack, id);
    return letter?.redeliveryError === "the partner has no webhook for it" ? true : undefined;
  });
  await eventually("its mail to be dead", async () =>
    (await findMailLog(stack, id))?.state === "dead" ? true : undefined,
  );
});

test("a removed user's letter is not delivered, and this is logged", async () => {
  await using endpoint = await startDown();
  const user = await newUserAt(stack, endpoint);
  const id = await deadMail(stack, user);
  endpoint.isDown = false;
  await redeliver(stack, user.partner.id);
  const [row] = await stack.db.select().from(users).where(eq(users.id, user.id));
  await stack.db.transaction((tx) =>
    startUserRemoval(tx, {
      partnerId: user.partner.id,
      connectionId: row?.connectionId ?? "",
      userId: user.id,
    }),
  );
  const posted = endpoint.posted.length;
  await using _letters = runLetters();
  await letterThat(stack, id, "back", (one) => one.redeliveryError === "the user was removed");
  const line = stack.log.lines.find(
    (one) => one.includes("dead_letter.returned") && one.includes(id),
  );
  expect(line).toContain("the user was removed");
  expect(endpoint.posted).toHaveLength(posted);
});

test("a letter is deleted with its payload, and its mail stays dead", async () => {
  await using endpoint = await startDown();
  const user = await newUserAt(stack, endpoint);
  const id = await deadMail(stack, user);
  await using _letters = runLetters();
  expect(await requestLetterDeletion(stack, user.partner.id, { eventId: id })).toBe(1);
  await eventually("it to go", async () => ((await findLetter(stack, id)) ? undefined : true));
  await cleared(stack, user);
  expect(await findMailLog(stack, id)).toMatchObject({
    state: "dead",
    reason: "the endpoint answered 500; its dead letter was deleted",
  });
});
