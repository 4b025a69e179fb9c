import { afterAll, beforeAll, expect, test } from "vitest";
import { BODIES, EVENTS } from "../../../fleet/bus/subjects.ts";
import type { Sessions } from "../../../fleet/mailbox/session/sessions.ts";
import { eventually } from "../../harness/eventually.ts";
import {
  type InHouseMailServer,
  startInHouse,
} from "../../harness/mail-servers/in-house-mail-server.ts";
import { type MailUser, newMailUser } from "../mail-user.ts";
import { type SessionStack, startSessionStack } from "../session-stack.ts";

const makeMail = (n: number) => `From: bob@example.com\r\nSubject: ${n}\r\n\r\nHello ${n}\r\n`;

let server: InHouseMailServer;
let stack: SessionStack;
beforeAll(async () => {
  stack = await startSessionStack(
    async (certificates) => (server = await startInHouse(certificates)),
  );
});
afterAll(() => stack?.[Symbol.asyncDispose]());

/** Creates and watches a user, and delivers two mails to it. */
async function userWithMail(sessions: Sessions): Promise<MailUser> {
  const user = await newMailUser(stack);
  sessions.watch(user.account);
  await user.watching();
  for (const n of [1, 2]) await stack.server.deliver(user.address, makeMail(n));
  await user.recorded(2);
  return user;
}

const settled = (user: MailUser, reason: string) =>
  eventually(`a mail to be lost: ${reason}`, async () =>
    (await user.recorded(2)).find((row) => row.state === "lost" && row.reason === reason),
  );

test("events that NATS lost are published again from the mailbox, under their ids", async () => {
  await using sessions = stack.openSessions();
  const user = await userWithMail(sessions);
  const before = await user.events();
  const rows = await user.recorded(2);
  for (const stream of [EVENTS, BODIES]) await stack.bus.jsm.streams.delete(stream);
  await stack.bus.repair();
  sessions.refetch(user.account.userId, rows.toReversed());
  await eventually("the events to be back", async () =>
    (await user.events()).length === 2 ? true : undefined,
  );
  const after = await user.events();
  expect(after.map(({ id, sha1 }) => ({ id, sha1 }))).toEqual(
    before.map(({ id, sha1 }) => ({ id, sha1 })).toReversed(),
  );
  expect(await stack.storedBody(after[0])).toBeDefined();
  const again = await eventually("the new sequences to be recorded", async () => {
    const now = await user.recorded(2);
    return now[1]?.streamSeq === 1 && now[0]?.streamSeq === 2 ? now : undefined;
  });
  expect(again).toMatchObject([{ state: "queued" }, { state: "queued" }]);
});

test("an expunged mail whose event is gone is lost, with the reason", async () => {
  await using sessions = stack.openSessions();
  const user = await userWithMail(sessions);
  server.imap.expunge(user.address, "INBOX", 1);
  sessions.refetch(user.account.userId, (await user.recorded(2)).slice(0, 1));
  expect(await settled(user, "expunged")).toMatchObject({ uid: 1 });
});

test("a mail of another UIDVALIDITY whose event is gone is lost, with the reason", async () => {
  await using sessions = stack.openSessions();
  const user = await userWithMail(sessions);
  const [row] = await user.recorded(2);
  if (!row) throw new Error("No mail is recorded");
  sessions.refetch(user.account.userId, [{ ...row, uidValidity: row.uidValidity - 1 }]);
  expect(await settled(user, "mailbox_reset")).toMatchObject({ uid: 1 });
});

test("a mail of another user is not changed", async () => {
  await using sessions = stack.openSessions();
  const [user, other] = [await userWithMail(sessions), await userWithMail(sessions)];
  const strangers = await other.recorded(2);
  sessions.refetch(user.account.userId, [
    ...strangers.map((row) => ({ ...row, uidValidity: 1 })),
    ...(await user.recorded(2)).slice(1).map((row) => ({ ...row, uidValidity: 1 })),
  ]);
  expect(await settled(user, "mailbox_reset")).toMatchObject({ uid: 2 });
  expect(await other.recorded(2)).toMatchObject([{ state: "queued" }, { state: "queued" }]);
});
