import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appendMail } from "../../harness/mail-servers/mail-client.ts";
import { eventually } from "../../harness/eventually.ts";
import { type MailUser, newMailUser } from "../mail-user.ts";
import { SESSION_SERVERS, type SessionStack, startSessionStack } from "../session-stack.ts";

const mail = (n: number) =>
  `From: bob@example.com\r\nMessage-ID: <${n}@example.com>\r\nSubject: ${n}\r\n\r\nHello\r\n`;
const withoutId = (n: number) => `From: bob@example.com\r\nSubject: ${n}\r\n\r\nHello\r\n`;

describe.each(SESSION_SERVERS)("a new UIDVALIDITY at $name", ({ startServer }) => {
  let stack: SessionStack;
  beforeAll(async () => {
    stack = await startSessionStack(startServer);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  /** Delivers three mails while the user is watched, and then stops watching. */
  async function watchThree(user: MailUser, makeMail: (n: number) => string) {
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    for (const n of [1, 2, 3]) await appendMail(stack.server, user, makeMail(n));
    await user.recorded(3);
  }

  test.each([
    ["with Message-IDs", mail],
    ["without Message-IDs", withoutId],
  ])("without a session: the mail in the gap is delivered once, %s", async (_, makeMail) => {
    const user = await newMailUser(stack);
    await watchThree(user, makeMail);
    const before = (await user.cursor())?.uidValidity;
    await appendMail(stack.server, user, makeMail(4));
    const uidValidity = await stack.server.resetUidValidity(user.address);
    await appendMail(stack.server, user, makeMail(5));

    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await eventually("the reset to be recorded", async () => (await user.resets())[0]);
    expect((await user.events()).map(({ envelope }) => envelope?.subject)).toEqual([
      "1",
      "2",
      "3",
      "4",
      "5",
    ]);
    expect(await user.resets()).toMatchObject([
      { details: { mailbox: "INBOX", uid_validity_before: before, uid_validity: uidValidity } },
    ]);
    expect(await user.cursor()).toMatchObject({ uidValidity });

    await appendMail(stack.server, user, makeMail(6));
    await eventually("the next mail", async () =>
      (await user.events()).length === 6 ? true : undefined,
    );
    expect(await user.resets()).toHaveLength(1);
  });

  test("in the middle of a session: nothing is lost or doubled", async () => {
    const user = await newMailUser(stack);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    for (const n of [1, 2]) await appendMail(stack.server, user, mail(n));
    await user.recorded(2);
    const uidValidity = await stack.server.resetUidValidity(user.address);
    await appendMail(stack.server, user, mail(3));
    await stack.server.disconnect(user.login);
    await eventually("the reset to be recorded", async () => (await user.resets())[0]);
    await appendMail(stack.server, user, mail(4));
    await eventually("the last mail", async () =>
      (await user.events()).length >= 4 ? true : undefined,
    );
    expect((await user.events()).map(({ envelope }) => envelope?.subject)).toEqual([
      "1",
      "2",
      "3",
      "4",
    ]);
    expect(await user.cursor()).toMatchObject({ uidValidity });
  });

  test("after a crash between publishing and recording: the mail keeps its first id", async () => {
    const user = await newMailUser(stack);
    await watchThree(user, mail);
    // Simulates a process that died before it could record the last two mails.
    const { userId } = user.account;
    await stack.db.execute(sql`delete from seen where event_id in (
      select event_id from mail_logs where user_id = ${userId} and uid > 1)`);
    await stack.db.execute(sql`delete from mail_logs where user_id = ${userId} and uid > 1`);
    await stack.db.execute(sql`update cursors set last_uid = 1 where user_id = ${userId}`);
    const uidValidity = await stack.server.resetUidValidity(user.address);
    await appendMail(stack.server, user, withoutId(4));

    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await eventually("the reset to be recorded", async () => (await user.resets())[0]);
    expect((await user.events()).map(({ envelope }) => envelope?.subject)).toEqual([
      "1",
      "2",
      "3",
      "4",
    ]);
    expect(await user.cursor()).toMatchObject({ uidValidity });
  });
});
