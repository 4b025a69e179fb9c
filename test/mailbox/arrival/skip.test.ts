import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordMails } from "../../../db/mail/mail-logs.ts";
import { computeEventId } from "../../../shared/ids.ts";
import { rfc822Text, sha1Hex } from "../../../shared/mail/rfc822.ts";
import { appendMail } from "../../harness/mail-servers/mail-client.ts";
import { newMailUser } from "../mail-user.ts";
import { MAIL_SERVERS, type SessionStack, startSessionStack } from "../session-stack.ts";

const DAY_MS = 86_400_000;
const mail = (messageId: string, text: string) =>
  `From: bob@example.com\r\nMessage-ID: ${messageId}\r\n\r\n${text}\r\n`;
const withoutId = (text: string) => `From: bob@example.com\r\n\r\n${text}\r\n`;

describe.each(MAIL_SERVERS)("what is skipped and recorded, at $name", ({ startServer }) => {
  let stack: SessionStack;
  beforeAll(async () => {
    stack = await startSessionStack(startServer);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const skipped = (reason: string) => ({ state: "skipped", reason, streamSeq: null });
  const queued = { state: "queued", reason: null };

  test("mail older than its user, but not later mail", async () => {
    const user = await newMailUser(stack);
    const hoursBefore = new Date(Date.now() - DAY_MS / 2);
    await appendMail(stack.server, user, withoutId("years old"), new Date("2020-01-01T00:00:00Z"));
    await appendMail(stack.server, user, withoutId("old"), hoursBefore);
    await appendMail(stack.server, user, withoutId("new"));
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    // The search by date does not find the mail that is years old, so only two mails are recorded.
    expect(await user.recorded(2)).toMatchObject([skipped("before_user"), queued]);
    expect(await user.events()).toHaveLength(1);
  });

  test("no live mail, whatever its date", async () => {
    const user = await newMailUser(stack);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    const dates = ["1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z", "1999-12-31T23:59:59Z"];
    const hoursBefore = new Date(Date.now() - DAY_MS / 2);
    for (const date of [...dates.map((text) => new Date(text)), hoursBefore]) {
      await appendMail(stack.server, user, withoutId(date.toISOString()), date);
    }
    expect(await user.recorded(4)).toMatchObject([queued, queued, queued, queued]);
    expect(await user.events()).toHaveLength(4);
  });

  test("a Message-ID and a text that the user got before, in one batch or in two", async () => {
    const user = await newMailUser(stack);
    const copy = (hop: string) => `Received: from ${hop}\r\n${mail("<1@example.com>", "one")}`;
    await appendMail(stack.server, user, copy("a"));
    await appendMail(stack.server, user, copy("b"));
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    await appendMail(stack.server, user, copy("c"));
    const duplicate = skipped("duplicate_message_id");
    expect(await user.recorded(3)).toMatchObject([queued, duplicate, duplicate]);
    expect(await user.events()).toHaveLength(1);
  });

  test("no other mail because it has the Message-ID of one", async () => {
    const user = await newMailUser(stack);
    await appendMail(stack.server, user, mail("<1@shop>", "Order 1"));
    await appendMail(stack.server, user, mail("<1@shop>", "Order 2"));
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    for (const id of ["<1@shop>", "<>", ""]) {
      await appendMail(stack.server, user, mail(id, `Order of ${id}`));
      await appendMail(stack.server, user, mail(id, `Other order of ${id}`));
    }
    const rows = await user.recorded(8);
    expect(rows.filter(({ state }) => state === "queued")).toHaveLength(8);
  });

  test("a body without a Message-ID that the user got before, in one batch or in two", async () => {
    const user = await newMailUser(stack);
    await appendMail(stack.server, user, withoutId("the same"));
    await appendMail(stack.server, user, withoutId("the same"));
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    await appendMail(stack.server, user, withoutId("the same"));
    const duplicate = skipped("duplicate_sha1");
    expect(await user.recorded(3)).toMatchObject([queued, duplicate, duplicate]);
    expect(await user.events()).toHaveLength(1);
  });

  test("no live mail that a sweep has recorded already, nor its copy", async () => {
    const user = await newMailUser(stack);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    const { uidValidity = 0 } = (await user.cursor()) ?? {};
    const place = {
      ...{ userId: user.account.userId, accountEpoch: 0, mailbox: "INBOX", uidValidity },
    };
    const text = withoutId("swept");
    const swept = {
      ...{ eventId: computeEventId({ ...place, uid: 1 }), uid: 1, messageId: null },
      ...{ messageIdHash: null, sha1: sha1Hex(text), contentHash: "hash", sizeBytes: text.length },
      ...({ internalDate: new Date(), streamSeq: 1, state: "queued", reason: null } as const),
    };
    const retryParkedAt = new Date();
    await recordMails(stack.db, { ...place, records: [swept], advance: null, retryParkedAt });
    for (const one of [text, text, withoutId("new")]) await appendMail(stack.server, user, one);
    const duplicate = skipped("duplicate_sha1");
    expect(await user.recorded(3)).toMatchObject([{ ...queued, streamSeq: 1 }, duplicate, queued]);
    expect(await user.events()).toHaveLength(1);
    expect(await user.cursor()).toMatchObject({ lastUid: 3 });
  });

  test("nothing that only another user got", async () => {
    const users = [await newMailUser(stack), await newMailUser(stack)];
    await using sessions = stack.openSessions();
    for (const user of users) {
      await appendMail(stack.server, user, mail("<both@example.com>", "hello"));
      sessions.watch(user.account);
      expect(await user.recorded(1)).toMatchObject([queued]);
    }
  });

  test("all mail of a partner without a webhook for it", async () => {
    const user = await newMailUser(stack);
    await using sessions = stack.openSessions({ wantsNewMail: () => false });
    sessions.watch(user.account);
    await user.watching();
    await appendMail(stack.server, user, withoutId("unwanted"));
    expect(await user.recorded(1)).toMatchObject([skipped("no_webhook")]);
    expect(await user.events()).toEqual([]);
    expect(await user.cursor()).toMatchObject({ lastUid: 1 });
  });

  test("only the body of a mail that is too large", async () => {
    const user = await newMailUser(stack);
    await using sessions = stack.openSessions({ maxEmailSizeBytes: 1_000 });
    sessions.watch(user.account);
    await user.watching();
    for (const text of ["a", "b"])
      await appendMail(stack.server, user, withoutId(text.repeat(1_000)));
    const oversize = { state: "queued", reason: "oversize", sha1: null };
    expect(await user.recorded(2)).toMatchObject([oversize, oversize]);
    // Duplicates of mails that are too large are recognised by Message-ID, size and date.
    const dated = (day: number, length: number) =>
      `Date: Sun, ${day} Nov 2026 15:04:05 +0000\r\n${mail("<1@shop>", "a".repeat(length))}`;
    for (const large of [dated(1, 1_000), dated(1, 1_000), dated(8, 1_000), dated(1, 1_001)])
      await appendMail(stack.server, user, large);
    const duplicate = skipped("duplicate_message_id");
    expect((await user.recorded(6)).slice(2)).toMatchObject([
      oversize,
      duplicate,
      oversize,
      oversize,
    ]);
    const announced = { oversize: true, body_seq: null, sha1: sha1Hex("") };
    expect((await user.events()).slice(0, 2)).toMatchObject([announced, announced]);
  });

  test("no mail because of an odd date: far in the future, or before the previous mail", async () => {
    const user = await newMailUser(stack, { createdAt: new Date(Date.now() - 2 * DAY_MS) });
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    await appendMail(stack.server, user, withoutId("future"), new Date(Date.now() + 300 * DAY_MS));
    await appendMail(stack.server, user, withoutId("yesterday"), new Date(Date.now() - DAY_MS));
    expect(await user.recorded(2)).toMatchObject([queued, queued]);
    const { lastInternalDate } = (await user.cursor()) ?? {};
    expect(lastInternalDate?.getTime()).toBeLessThanOrEqual(Date.now());
  });

  test("no stranger's mail because its subject is that of a tracer", async () => {
    const user = await newMailUser(stack);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.watching();
    const subject = "TRACER: 0123456789";
    await appendMail(
      stack.server,
      user,
      `From: bob@example.com\r\nSubject: ${subject}\r\n\r\nHi\r\n`,
    );
    expect(await user.recorded(1)).toMatchObject([queued]);
    expect(await user.events()).toMatchObject([{ envelope: { subject } }]);
  });

  test("no byte of a mail that is not text", async () => {
    const user = await newMailUser(stack);
    const raw = Buffer.concat([
      Buffer.from("Subject: bytes\r\n\r\n"),
      Buffer.from(Uint8Array.from({ length: 128 }, (_, n) => 128 + n)),
      Buffer.from("\r\n"),
    ]);
    await appendMail(stack.server, user, raw);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.recorded(1);
    const [event] = await user.events();
    expect(event?.sha1).toBe(sha1Hex(rfc822Text(raw)));
    expect(await stack.storedBody(event)).toEqual(raw);
  });
});
