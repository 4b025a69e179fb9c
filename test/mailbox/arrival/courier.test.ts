import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type CourierServer,
  isCourierMissing,
  startCourier,
} from "../../harness/mail-servers/courier/courier.ts";
import { openInbox } from "../../harness/mail-servers/mail-client.ts";
import { newMailUser } from "../mail-user.ts";
import { type SessionStack, startSessionStack } from "../session-stack.ts";

const makeMail = (n: number) => `From: bob@example.com\r\nSubject: ${n}\r\n\r\nHello ${n}\r\n`;

/**
 * Courier assigns UIDs after EXAMINE or SELECT, but keeps them for later sessions only after
 * SELECT.
 */
describe.skipIf(isCourierMissing)("Courier, if almost no other client opens the mailbox,", () => {
  let stack: SessionStack;
  let courier: CourierServer;
  beforeAll(async () => {
    stack = await startSessionStack(async (certificates) => {
      courier = await startCourier(certificates);
      return courier;
    });
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  test("gives no mail the UID of one that was removed", async () => {
    const user = await newMailUser(stack);
    // Opens the mailbox, so that Courier gives it a permanent UIDVALIDITY.
    await using mailProgram = await openInbox(courier, user);
    await mailProgram.mailboxClose();
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    await courier.deliver(user.address, makeMail(1));
    await user.recorded(1);
    await courier.removeAll(user.address);
    await courier.disconnect(user.login);
    await courier.deliver(user.address, makeMail(2));
    await user.recorded(2);
    expect((await user.events()).map(({ envelope }) => envelope?.subject)).toEqual(["1", "2"]);
  });

  test("keeps its UIDVALIDITY over a new connection", async () => {
    const user = await newMailUser(stack);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    await courier.deliver(user.address, makeMail(1));
    const [first] = await user.recorded(1);
    await courier.disconnect(user.login);
    await courier.deliver(user.address, makeMail(2));
    const [, second] = await user.recorded(2);
    expect(second).toMatchObject({ uid: 2, uidValidity: first?.uidValidity });
  });
});
