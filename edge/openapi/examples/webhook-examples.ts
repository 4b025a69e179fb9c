import type { Envelope } from "../../../shared/users/events.ts";
import { named, type Shown } from "./shown.ts";

const RFC822 = [
  "Date: Sun, 22 Nov 2026 16:04:05 +0100",
  "From: =?UTF-8?Q?Zo=C3=AB?= <zoe@mail.example>",
  "To: Bob <bob@app.example>",
  "Subject: Lunch",
  "Message-ID: <2@mail.example>",
  "MIME-Version: 1.0",
  "Content-Type: text/plain; charset=utf-8",
  "",
  "At one?",
  "",
].join("\r\n");
const MAIL_SHA1 = "5e60edefba42fdd9678557ce04e41fee1ca62b9d";
const TAG_SHA1 = "602a57a982cbb9dbccb374dea6ec6c753e8f5d05";
const SIGNATURE = "f3b8a1c0d94e7c1a5d6b0e2f8a97c4d3b1e0f9a8c7d6e5f4a3b2c1d0e9f8a7b6";

const head = (sha1: string) => ({
  timestamp: 1_795_359_846,
  sha1,
  imap_provider_code: "PLAIN",
  user_tag: "customer-17",
  signature: SIGNATURE,
});

const zoe = [
  { name: "Zoë", route: null, mailbox: "zoe", host: "mail.example", address: "zoe@mail.example" },
];
const envelope: Envelope = {
  date: "Sun, 22 Nov 2026 15:04:05 +0000",
  subject: "Lunch",
  from: zoe,
  sender: zoe,
  reply_to: zoe,
  to: [
    { name: "Bob", route: null, mailbox: "bob", host: "app.example", address: "bob@app.example" },
  ],
  cc: null,
  bcc: null,
  in_reply_to: null,
  message_id: "<2@mail.example>",
};
const mailHead = { ...head(MAIL_SHA1), envelope };

/** The examples of webhooks by the kind of event. */
export const WEBHOOK_EXAMPLES: Readonly<Record<string, Shown>> = {
  new_mail: named({
    superimap: { ...mailHead, rfc822: RFC822 },
    raw: { ...mailHead, format: "raw", rfc822_base64: btoa(RFC822) },
    parsed: {
      ...mailHead,
      format: "parsed",
      subject: "Lunch",
      from: [{ name: "Zoë", address: "zoe@mail.example" }],
      to: [{ name: "Bob", address: "bob@app.example" }],
      cc: [],
      reply_to: [],
      date: "2026-11-22T15:04:05.000Z",
      message_id: "<2@mail.example>",
      in_reply_to: null,
      references: [],
      text: "At one?\n",
      html: null,
      reply_text: "At one?",
      attachments: [],
    },
  }),
  user_connected: { example: { ...head(TAG_SHA1), email: "zoe@mail.example" } },
  user_disconnected: { example: head(TAG_SHA1) },
  user_auth_failed: {
    example: {
      ...head(TAG_SHA1),
      reason: "wrong_password",
      connect_url: "https://mail.example.com/users/connect/usr_03523sFFB2QFNnnw4Dc2Br",
    },
  },
};
