const text = (...lines: string[]): Uint8Array => Buffer.from(`${lines.join("\r\n")}\r\n`);

const bob = { name: "Bob", mailbox: "bob", host: "example.com", address: "bob@example.com" };

/** Difficult mails, each with the `envelope` that its webhook must contain. */
export const HARD_MAILS = [
  {
    kind: "encoded words",
    raw: text(
      "Date: Sun, 22 Nov 2026 10:00:00 +0200",
      "From: =?UTF-8?B?QsO2Yg==?= <bob@example.com>",
      "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe_?= =?ISO-8859-1?Q?aus_K=F6ln?=",
      "Message-ID: <encoded@example.com>",
      "",
      "Hello",
    ),
    envelope: {
      date: "Sun, 22 Nov 2026 08:00:00 +0000",
      subject: "Grüße aus Köln",
      from: [{ ...bob, name: "Böb" }],
      message_id: "<encoded@example.com>",
    },
  },
  {
    kind: "several recipients",
    raw: text(
      "From: Bob <bob@example.com>",
      'To: Bob <bob@example.com>, "Dave, D." <dave@example.com>,',
      " erin@example.com",
      "Cc: frank@example.com",
      "Reply-To: rita@example.com",
      "In-Reply-To: <0@example.com>",
      "",
      "Hello",
    ),
    envelope: {
      from: [bob],
      to: [
        bob,
        { name: "Dave, D.", address: "dave@example.com" },
        { name: null, address: "erin@example.com" },
      ],
      cc: [{ address: "frank@example.com" }],
      bcc: null,
      reply_to: [{ address: "rita@example.com" }],
      in_reply_to: "<0@example.com>",
    },
  },
  {
    kind: "no Message-ID and no subject",
    raw: text("From: Bob <bob@example.com>", "", "Hello"),
    envelope: { from: [bob], subject: null, message_id: null, date: null },
  },
  {
    kind: "8-bit bytes that are no UTF-8",
    raw: Buffer.concat([
      text("From: Bob <bob@example.com>", "Subject: Grüße", "Content-Transfer-Encoding: 8bit", ""),
      Uint8Array.of(0xfc, 0xff, 0x80, 0xc3, 0x28),
      text("", "."),
    ]),
    envelope: { from: [bob], subject: "Grüße" },
  },
  {
    kind: "attachments",
    raw: text(
      "From: Bob <bob@example.com>",
      "Subject: attached",
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      "--b",
      "Content-Type: text/plain",
      "",
      "Hello",
      "--b",
      "Content-Type: application/octet-stream",
      'Content-Disposition: attachment; filename="a.bin"',
      "Content-Transfer-Encoding: base64",
      "",
      Buffer.alloc(100_000, 7).toString("base64").replaceAll(/.{76}/g, "$&\r\n"),
      "--b--",
    ),
    envelope: { from: [bob], subject: "attached" },
  },
];
