import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import type { Envelope } from "../../shared/users/events.ts";
import { mailEvent } from "./mail-event.ts";
import { readCorpus } from "./corpus.ts";
import { toParsedJson } from "../../fleet/webhook/payload/parsed-mail.ts";
import { prepareBody } from "../../fleet/webhook/payload/payload.ts";

const FORMATS = ["superimap", "raw", "parsed"] as const;
const MAX_ATTACHMENT_BYTES = 262_144;
const GOLDEN = new URL("../golden/payload/", import.meta.url).pathname;

const ENVELOPE: Envelope = {
  date: "Sun, 22 Nov 2026 10:00:00 +0000",
  subject: "of the envelope",
  from: null,
  sender: null,
  reply_to: null,
  to: [{ name: "Bob", route: null, mailbox: "bob", host: "b.example", address: "bob@b.example" }],
  cc: null,
  bcc: null,
  in_reply_to: null,
  message_id: "<envelope@corpus.example>",
};

async function renderPayload(raw: Uint8Array, format: (typeof FORMATS)[number]): Promise<string> {
  const options = {
    format,
    maxAttachmentBytes: MAX_ATTACHMENT_BYTES,
    parseMail: toParsedJson,
  };
  const body = await prepareBody(mailEvent(raw, ENVELOPE), { raw, envelope: ENVELOPE }, options);
  return body({ timestampS: 1_795_341_600, signature: "signature" });
}

const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

/** Replaces long values with their length and hash, so that the golden files stay short. */
function shorten(key: string, value: unknown): unknown {
  if (key === "rfc822_base64" && typeof value === "string") {
    const bytes = Buffer.from(value, "base64");
    return `${bytes.byteLength} bytes, sha256 ${sha256(bytes)}`;
  }
  if (typeof value === "string" && value.length > 2_000) {
    return `${value.length} characters, sha256 ${sha256(value)}`;
  }
  if (Array.isArray(value) && value.length > 20) {
    const all = `${value.length} in all, sha256 ${sha256(JSON.stringify(value))}`;
    return [...value.slice(0, 2), all, ...value.slice(-1)];
  }
  return value;
}

const corpus = readCorpus();

for (const { name, raw } of corpus) {
  test(`the mail ${name} has unchanged payloads in each format`, { timeout: 30_000 }, async () => {
    for (const format of FORMATS) {
      const body = await renderPayload(raw, format);
      const golden = `${JSON.stringify(JSON.parse(body), shorten, 2)}\n`;
      await expect(golden).toMatchFileSnapshot(`${GOLDEN}${name}.${format}.json`);
      expect(await renderPayload(raw, format)).toBe(body);
    }
  });

  test(`the mail ${name} is in the format raw byte for byte`, async () => {
    const { rfc822_base64 } = JSON.parse(await renderPayload(raw, "raw"));
    expect(sha256(Buffer.from(rfc822_base64, "base64"))).toBe(sha256(raw));
  });
}

test("there is a golden file for each mail and format, and no other", () => {
  const wanted = corpus.flatMap(({ name }) => FORMATS.map((format) => `${name}.${format}.json`));
  expect(readdirSync(GOLDEN).toSorted()).toEqual(wanted.toSorted());
});
