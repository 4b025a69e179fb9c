import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { envelope as envelopeSchema } from "../../../shared/users/events.ts";
import { readBody } from "../../../fleet/bus/stored-body.ts";
import { eventually } from "../../harness/eventually.ts";
import { appendMail } from "../../harness/mail-servers/mail-client.ts";
import { newMailUser } from "../mail-user.ts";
import { MAIL_SERVERS, type SessionStack, startSessionStack } from "../session-stack.ts";

const address = (name: string | null, mailbox: string, host: string) => ({
  name,
  route: null,
  mailbox,
  host,
  address: `${mailbox}@${host}`,
});

const EMPTY = {
  date: null,
  subject: null,
  from: null,
  sender: null,
  reply_to: null,
  to: null,
  cc: null,
  bcc: null,
  in_reply_to: null,
  message_id: null,
};

const BOB = address("Bob", "bob", "example.com");
const FROM_BOB = { from: [BOB], sender: [BOB], reply_to: [BOB] };

const MAILS = [
  {
    kind: "several recipients",
    lines: [
      "Date: Sun, 22 Nov 2026 10:00:00 +0200",
      "From: Bob <bob@example.com>",
      "Sender: Sam <sam@example.com>",
      "Reply-To: Rita <rita@example.com>",
      "To: Alice <alice@example.com>, carol@example.com,",
      ' "Dave, D." <dave@example.com>',
      "Cc: erin@example.com",
      "Bcc: frank@example.com",
      "In-Reply-To: <0@example.com>",
      "Message-ID: <1@example.com>",
      "Subject: Hello",
    ],
    envelope: {
      date: "Sun, 22 Nov 2026 08:00:00 +0000",
      subject: "Hello",
      from: [BOB],
      sender: [address("Sam", "sam", "example.com")],
      reply_to: [address("Rita", "rita", "example.com")],
      to: [
        address("Alice", "alice", "example.com"),
        address(null, "carol", "example.com"),
        address("Dave, D.", "dave", "example.com"),
      ],
      cc: [address(null, "erin", "example.com")],
      bcc: [address(null, "frank", "example.com")],
      in_reply_to: "<0@example.com>",
      message_id: "<1@example.com>",
    },
  },
  {
    kind: "encoded words",
    lines: [
      "From: =?UTF-8?B?QsO2Yg==?= <bob@example.com>",
      "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe_?=",
      " =?ISO-8859-1?Q?aus_K=F6ln?=",
    ],
    envelope: {
      subject: "Grüße aus Köln",
      from: [address("Böb", "bob", "example.com")],
      sender: [address("Böb", "bob", "example.com")],
      reply_to: [address("Böb", "bob", "example.com")],
    },
  },
  {
    kind: "raw UTF-8 in its headers",
    lines: ["From: Bob <bob@example.com>", "Subject: Grüße aus Köln"],
    envelope: { ...FROM_BOB, subject: "Grüße aus Köln" },
  },
  {
    kind: "no Message-ID and no date",
    lines: ["From: Bob <bob@example.com>", "Subject: bare"],
    envelope: { ...FROM_BOB, subject: "bare" },
  },
  {
    kind: "an attachment",
    lines: [
      "From: Bob <bob@example.com>",
      "Subject: attached",
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      "--b",
      "Content-Type: text/plain",
      "",
      "Hello",
      "--b",
      "Content-Type: message/rfc822",
      "",
      "Subject: inner",
      "",
      "inner",
      "--b--",
    ],
    envelope: { ...FROM_BOB, subject: "attached" },
  },
];

describe.each(MAIL_SERVERS)("the envelope from $name", ({ startServer }) => {
  let stack: SessionStack;
  beforeAll(async () => {
    stack = await startSessionStack(startServer);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  test.each(MAILS)("of a mail with $kind", async ({ lines, envelope }) => {
    const user = await newMailUser(stack);
    await appendMail(stack.server, user, `${lines.join("\r\n")}\r\n\r\nText: ü\r\n`);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.recorded(1);
    expect(await user.events()).toMatchObject([{ envelope: { ...EMPTY, ...envelope } }]);
  });

  test.each(MAILS)("of a mail with $kind that arrives in IDLE", async ({ lines, envelope }) => {
    const user = await newMailUser(stack);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    const { userId } = user.account;
    const hasBegun = (line: string) => line.includes("idle_watch_began") && line.includes(userId);
    await eventually("the idle watch", () => stack.log.lines.some(hasBegun) || undefined);
    await appendMail(stack.server, user, `${lines.join("\r\n")}\r\n\r\nText: ü\r\n`);
    await user.recorded(1);
    expect(await user.events()).toMatchObject([{ envelope: { ...EMPTY, ...envelope } }]);
  });

  test("of two thousand recipients, which travels beside the body", async () => {
    const user = await newMailUser(stack);
    const recipients = Array.from({ length: 2_000 }, (_, n) => `recipient-${n}@example.com`);
    const raw = `From: bob@example.com\r\nTo: ${recipients.join(",\r\n ")}\r\n\r\nHello\r\n`;
    await appendMail(stack.server, user, raw);
    await using sessions = stack.openSessions();
    sessions.watch(user.account);
    await user.recorded(1);
    const [event] = await user.events();
    expect(event).toMatchObject({ envelope: null, oversize: false });
    const stored = await readBody(stack.bus, {
      seq: event?.envelope_seq ?? 0,
      id: `${event?.id}.envelope`,
      key: event?.envelope_key ?? null,
    });
    const envelope = v.parse(envelopeSchema, JSON.parse(new TextDecoder().decode(stored)));
    expect(envelope.to?.map((to) => to.address)).toEqual(recipients);
  });
});
