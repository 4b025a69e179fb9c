import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as v from "valibot";
import { toParsedMail } from "../../fleet/webhook/payload/parsed-mail.ts";

const FOLDER = new URL("./cases/", import.meta.url);
const MAX_ATTACHMENT_BYTES = 262_144;

const text = v.nullable(v.string());
const expectation = v.strictObject({
  subject: v.optional(text),
  from: v.optional(v.array(v.string())),
  /** If this is a list, any of its dates is accepted. */
  date: v.optional(v.union([v.string(), v.array(text)])),
  in_reply_to: v.optional(text),
  references_contain: v.optional(v.string()),
  text: v.optional(text),
  html: v.optional(text),
  reply_text: v.optional(text),
  attachments: v.optional(v.array(v.string())),
  /** Why the expected values are right. */
  note: v.optional(v.string()),
});

const expected = v.parse(
  v.record(v.string(), expectation),
  JSON.parse(readFileSync(new URL("expected.json", FOLDER), "utf8")),
);

const trimmed = (found: string | null) => found?.trimEnd() ?? null;

for (const [name, wanted] of Object.entries(expected)) {
  test(`the mail ${name} is parsed as expected`, async () => {
    const raw = readFileSync(new URL(`${name}.eml`, FOLDER));
    const mail = await toParsedMail({
      raw,
      envelope: null,
      maxAttachmentBytes: MAX_ATTACHMENT_BYTES,
    });
    expect(mail.parse_error).toBeUndefined();
    const { date, from, attachments, references_contain: reference, note: _note, ...rest } = wanted;
    const { text: body, html, ...found } = mail;
    expect({ ...found, text: trimmed(body), html: trimmed(html) }).toMatchObject(rest);
    if (date !== undefined) expect([date].flat()).toContain(mail.date);
    if (from) expect(mail.from.map(({ address }) => address)).toEqual(from);
    if (attachments) expect(mail.attachments.map((one) => one.name)).toEqual(attachments);
    if (reference !== undefined) expect(mail.references).toContain(reference);
  });
}

test("each mail has its expectation", () => {
  const mails = readdirSync(FOLDER).filter((file) => file.endsWith(".eml"));
  expect(Object.keys(expected).map((name) => `${name}.eml`)).toEqual(expect.arrayContaining(mails));
});
