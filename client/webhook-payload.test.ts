import * as v from "valibot";
import { expect, expectTypeOf, test } from "vitest";
import { toParsedJson } from "../fleet/webhook/payload/parsed-mail.ts";
import { type BodyOptions, prepareBody } from "../fleet/webhook/payload/payload.ts";
import type { NewMailEvent } from "../shared/users/events.ts";
import { readCorpus } from "../test/corpus/corpus.ts";
import { type MailPayload, webhookPayload } from "./webhook-payload.ts";

const EVENT: NewMailEvent = {
  id: "evt_1",
  kind: "new_mail",
  partner_id: "prt_1",
  user_id: "usr_1",
  user_tag: "a",
  imap_provider_code: "PLAIN",
  created_at_ms: 0,
  sha1: "5",
  mailbox: "INBOX",
  uid_validity: 1,
  uid: 1,
  internal_date_ms: 0,
  size_bytes: 9_000_000,
  oversize: false,
  body_seq: null,
  body_key: null,
  envelope: null,
  envelope_seq: null,
  envelope_key: null,
};
const SMALL_MAILS = readCorpus().filter(({ raw }) => raw.byteLength < 20_000);
const FORMATS = ["superimap", "raw", "parsed"] as const;

async function read(format: BodyOptions["format"], raw: Uint8Array | null): Promise<MailPayload> {
  const event = { ...EVENT, oversize: raw === null };
  const content = { raw, envelope: null };
  const options = { format, maxAttachmentBytes: 1_000, parseMail: toParsedJson };
  const renderBody = await prepareBody(event, content, options);
  const body: unknown = JSON.parse(renderBody({ timestampS: 1, signature: "6" }));
  const payload = v.parse(webhookPayload, body);
  if (payload.kind !== "new_mail") throw new Error(`found ${payload.kind}, wanted new_mail`);
  // The parser keeps every field, and adds only `kind` and `format`.
  expect(payload).toEqual({ ...(body as object), kind: "new_mail", format });
  return payload;
}

test.each(FORMATS)("the fleet's own mails in the format %s are known by it", async (format) => {
  for (const { raw } of SMALL_MAILS) expect((await read(format, raw)).format).toBe(format);
});

test.each(FORMATS)("a mail that is too large has no content in the format %s", async (format) => {
  const { oversize, size, ...payload } = await read(format, null);
  expect({ oversize, size }).toEqual({ oversize: true, size: 9_000_000 });
  if (payload.format === "superimap") expect(payload.rfc822).toBe("");
  else if (payload.format === "raw") expect(payload.rfc822_base64).toBe("");
  else expect(payload).toMatchObject({ text: null, html: null, reply_text: null, attachments: [] });
});

const HEAD = {
  timestamp: 1,
  sha1: "5",
  imap_provider_code: "PLAIN",
  user_tag: "a",
  signature: "6",
};
const MAIL = { ...HEAD, envelope: null };
const WRONG: [what: string, body: object][] = [
  ["no content", MAIL],
  ["a format that is not known", { ...MAIL, format: "later", rfc822: "a" }],
  ["the content of another format", { ...MAIL, format: "raw", rfc822: "a" }],
  ["half of what is parsed", { ...MAIL, format: "parsed", text: "a" }],
  ["a wrong envelope", { ...MAIL, envelope: {}, rfc822: "a" }],
];

test.each(WRONG)("a mail with %s is no webhook of another kind either", (_what, body) => {
  expect(v.is(webhookPayload, body)).toBe(false);
});

test("the format determines which fields there are", () => {
  type Of<Format> = Extract<MailPayload, { format: Format }>;
  expectTypeOf<MailPayload["format"]>().toEqualTypeOf<(typeof FORMATS)[number]>();
  expectTypeOf<Of<"superimap">>().toHaveProperty("rfc822").toEqualTypeOf<string>();
  expectTypeOf<Of<"raw">>().toHaveProperty("rfc822_base64").toEqualTypeOf<string>();
  expectTypeOf<Of<"parsed">>().toHaveProperty("reply_text").toEqualTypeOf<string | null>();
});
