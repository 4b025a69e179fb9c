import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { toParsedJson } from "../../fleet/webhook/payload/parsed-mail.ts";
import { prepareBody } from "../../fleet/webhook/payload/payload.ts";
import type { Envelope } from "../../shared/users/events.ts";
import { mailEvent } from "./mail-event.ts";

const PAGE = readFileSync(new URL("../../docs/payload-formats.md", import.meta.url), "utf8");

const findBlocks = (language: string) =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    ([, block = ""]) => block,
  );

const address = (name: string, mailbox: string, host: string) => [
  { name, route: null, mailbox, host, address: `${mailbox}@${host}` },
];
const zoe = address("Zoë", "zoe", "mail.example");
const envelope: Envelope = {
  date: "Sun, 22 Nov 2026 15:04:05 +0000",
  subject: "Re: Lunch",
  from: zoe,
  sender: zoe,
  reply_to: zoe,
  to: address("Bob", "bob", "app.example"),
  cc: null,
  bcc: null,
  in_reply_to: "<1@app.example>",
  message_id: "<2@mail.example>",
};

test("docs/payload-formats.md shows the bodies that are sent", async () => {
  const [mail = ""] = findBlocks("eml");
  const raw = new TextEncoder().encode(mail.replaceAll("\n", "\r\n"));
  const event = mailEvent(raw, envelope);
  const formats = ["superimap", "raw", "parsed"] as const;
  const bodies = await Promise.all(
    formats.map(async (format) => {
      const options = { format, maxAttachmentBytes: 262_144, parseMail: toParsedJson };
      const renderBody = await prepareBody(event, { raw, envelope }, options);
      return renderBody({ timestampS: 1_795_360_645, signature: "0a1b2c" });
    }),
  );
  const shown = findBlocks("json").map((block): unknown => JSON.parse(block));
  // Only the first body in the document shows the fields that all bodies have.
  const [first, ...others] = bodies.map((body): object => JSON.parse(body));
  expect(shown[0]).toEqual(first);
  expect(others).toEqual(shown.slice(1).map((own) => expect.objectContaining(own)));
});
