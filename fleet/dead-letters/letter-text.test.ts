import { expect, test } from "vitest";
import type { Envelope } from "../../shared/users/events.ts";
import { describeEnvelope } from "./envelope-text.ts";
import { readLetterText } from "./letter-text.ts";

const bytes = (lines: readonly string[]) => new TextEncoder().encode(lines.join("\r\n"));

test("a mail is shown as a person reads it", async () => {
  const raw = bytes([
    "From: =?utf-8?q?Gr=C3=BC=C3=9Fe?= <ann@example.org>",
    "To: bob@example.org, Team: eve@example.org;",
    "Subject: =?utf-8?q?=C3=84pfel?=",
    "Date: Sun, 22 Nov 2026 10:00:00 +0100",
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=b",
    "",
    "--b",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "Hello",
    "--b",
    'Content-Type: application/pdf; name="a.pdf"',
    "Content-Disposition: attachment",
    "Content-Transfer-Encoding: base64",
    "",
    "SGVsbG8=",
    "--b--",
  ]);
  expect(await readLetterText(raw)).toEqual({
    subject: "Äpfel",
    from: "Grüße <ann@example.org>",
    to: "bob@example.org, Team: eve@example.org;",
    date: "2026-11-22T09:00:00.000Z",
    text: "Hello\n",
    attachments: [{ name: "a.pdf", type: "application/pdf", size_bytes: 5 }],
  });
});

test("an empty mail has nothing to show, and a long one is cut", async () => {
  const nothing = { subject: null, from: null, to: null, date: null, text: null, attachments: [] };
  expect(await readLetterText(bytes([""]))).toEqual(nothing);
  const long = await readLetterText(bytes(["Subject: x", "", "é".repeat(200_000)]));
  expect(long.text).toHaveLength(100_000);
});

test("of a mail that is too large the envelope is shown", () => {
  const address = { route: null, mailbox: "ann", host: "x.test", address: "ann@x.test" };
  const envelope: Envelope = {
    date: "Sun, 22 Nov 2026 10:00:00 +0000",
    subject: "Large",
    from: [{ ...address, name: "Ann" }],
    sender: null,
    reply_to: null,
    to: [{ ...address, name: null }],
    cc: null,
    bcc: null,
    in_reply_to: null,
    message_id: null,
  };
  expect(describeEnvelope(envelope)).toEqual({
    subject: "Large",
    from: "Ann <ann@x.test>",
    to: "ann@x.test",
    date: "Sun, 22 Nov 2026 10:00:00 +0000",
    text: null,
    attachments: [],
  });
});
