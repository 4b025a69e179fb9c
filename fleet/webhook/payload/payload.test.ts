import { expect, test } from "vitest";
import type { Envelope, MailEvent, NewMailEvent } from "../../../shared/users/events.ts";
import { toParsedJson } from "./parsed-mail.ts";
import { type BodyOptions, type PayloadContent, prepareBody } from "./payload.ts";

const envelope: Envelope = {
  date: "Sun, 22 Nov 2026 10:00:00 +0000",
  subject: "Grüße",
  from: [
    { name: "Ann", route: null, mailbox: "ann", host: "example.org", address: "ann@example.org" },
  ],
  sender: null,
  reply_to: null,
  to: null,
  cc: null,
  bcc: null,
  in_reply_to: null,
  message_id: "<1@example.org>",
};

const common = {
  id: "evt_1",
  partner_id: "prt_1",
  user_id: "usr_1",
  user_tag: "tag-1",
  imap_provider_code: "PLAIN",
  created_at_ms: 1,
  sha1: "abc",
};
const mail: NewMailEvent = {
  ...common,
  kind: "new_mail",
  mailbox: "INBOX",
  uid_validity: 1,
  uid: 7,
  internal_date_ms: 1,
  size_bytes: 4,
  oversize: false,
  body_seq: 1,
  body_key: null,
  envelope,
  envelope_seq: null,
  envelope_key: null,
};
const connected: MailEvent = { ...common, kind: "user_connected", email: "ann@example.org" };
const disconnected: MailEvent = { ...common, kind: "user_disconnected" };
const authFailed: MailEvent = { ...common, kind: "user_auth_failed", reason: "wrong_password" };
const connectUrl = "https://edge.example/connect/token";

const head = {
  timestamp: 1_700_000_000,
  sha1: "abc",
  imap_provider_code: "PLAIN",
  user_tag: "tag-1",
};
const nothing: PayloadContent = { raw: null, envelope: null };
const latin1: PayloadContent = { raw: Uint8Array.of(0x61, 0xfc, 0x0d, 0x0a), envelope };

const SUPERIMAP: BodyOptions = {
  format: "superimap",
  maxAttachmentBytes: 1_000,
  parseMail: toParsedJson,
};
const signature = { timestampS: 1_700_000_000, signature: "sig" };

const cases: [name: string, event: MailEvent, content: PayloadContent, body: object][] = [
  [
    "a mail, with invalid bytes replaced",
    mail,
    latin1,
    { ...head, signature: "sig", envelope, rfc822: "a\ufffd\r\n" },
  ],
  [
    "an oversize mail without its text but with its size",
    { ...mail, oversize: true, size_bytes: 9_000_000, body_seq: null },
    { raw: null, envelope },
    { ...head, signature: "sig", envelope, rfc822: "", oversize: true, size: 9_000_000 },
  ],
  ["a connected user", connected, nothing, { ...head, email: "ann@example.org", signature: "sig" }],
  ["a disconnected user", disconnected, nothing, { ...head, signature: "sig" }],
  [
    "a refused login with a link to connect again",
    authFailed,
    { ...nothing, connectUrl },
    { ...head, reason: "wrong_password", connect_url: connectUrl, signature: "sig" },
  ],
];

test.each(cases)("prepareBody() writes %s", async (_name, event, content, body) => {
  const renderBody = await prepareBody(event, content, SUPERIMAP);
  expect(renderBody(signature)).toBe(JSON.stringify(body));
});

test.each(cases.slice(2))(
  "prepareBody() writes %s in each format alike",
  async (_name, event, content, body) => {
    for (const format of ["raw", "parsed"] as const) {
      const renderBody = await prepareBody(event, content, { ...SUPERIMAP, format });
      expect(renderBody(signature)).toBe(JSON.stringify(body));
    }
  },
);

const mailHead = { ...head, signature: "sig" };
const oversize = { oversize: true, size: 9_000_000 };
const tooLarge: MailEvent = { ...mail, ...oversize, size_bytes: 9_000_000, body_seq: null };
const ofEnvelope = {
  subject: "Grüße",
  from: [{ name: "Ann", address: "ann@example.org" }],
  to: [],
  cc: [],
  reply_to: [],
  date: "2026-11-22T10:00:00.000Z",
  message_id: "<1@example.org>",
  in_reply_to: null,
  references: [],
  text: null,
  html: null,
  reply_text: null,
  attachments: [],
};

const formats: [
  format: BodyOptions["format"],
  event: MailEvent,
  content: PayloadContent,
  body: object,
][] = [
  ["raw", mail, latin1, { format: "raw", envelope, rfc822_base64: "YfwNCg==" }],
  [
    "raw",
    tooLarge,
    { raw: null, envelope },
    { format: "raw", envelope, rfc822_base64: "", ...oversize },
  ],
  [
    "parsed",
    tooLarge,
    { raw: null, envelope },
    { format: "parsed", envelope, ...ofEnvelope, ...oversize },
  ],
  [
    "parsed",
    tooLarge,
    nothing,
    {
      format: "parsed",
      envelope: null,
      subject: null,
      from: [],
      date: null,
      message_id: null,
      ...oversize,
    },
  ],
];

test.each(formats)(
  "prepareBody() writes a mail in the format %s",
  async (format, event, content, body) => {
    const renderBody = await prepareBody(event, content, { ...SUPERIMAP, format });
    expect(JSON.parse(renderBody(signature))).toMatchObject({ ...mailHead, ...body });
  },
);

test("prepareBody() takes timestamp and signature at each attempt, and nothing else", async () => {
  const renderBody = await prepareBody(mail, latin1, { ...SUPERIMAP, format: "parsed" });
  const later = renderBody({ timestampS: 1_700_000_060, signature: "later" });
  expect(JSON.parse(later)).toEqual({
    ...JSON.parse(renderBody(signature)),
    timestamp: 1_700_000_060,
    signature: "later",
  });
});
