import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { CannotReadMails, type MailAnswer } from "../../mime/reading/mail-reader.ts";
import { createParseOnce, type ParseMail } from "./parse-once.ts";

const MIB = 2 ** 20;
const raw = Buffer.from("Subject: a\r\n\r\nb\r\n");
const mail = { raw, envelope: null, maxAttachmentBytes: 1_000 };

/**
 * Creates a parser whose reader gives this answer. `asked()` returns how often the reader was
 * called.
 */
function newParser(answer: () => MailAnswer): { parse: ParseMail; asked: () => number } {
  let asked = 0;
  const read = async () => {
    asked++;
    return answer();
  };
  return { parse: createParseOnce({ read }), asked: () => asked };
}

const newEvent = (id: string) => ({ id, partner_id: "par_a" });

test("the mail of an event is parsed once, and that of another again", async () => {
  const { parse, asked } = newParser(() => ({ kind: "read", json: '{"subject":"a"}' }));
  for (const id of ["evt_1", "evt_1", "evt_2", "evt_1"]) {
    expect(await parse(mail, newEvent(id))).toBe('{"subject":"a"}');
  }
  expect(asked()).toBe(2);
});

test("a mail over its budget is sent with the known fields and is not parsed again", async () => {
  const reason = "it took longer than 5 s";
  const { parse, asked } = newParser(() => ({ kind: "over_budget", reason }));
  for (let attempt = 1; attempt <= 7; attempt++) {
    expect(JSON.parse(await parse(mail, newEvent("evt_1")))).toMatchObject({
      subject: null,
      attachments: [],
      parse_error: `Cannot parse the mail: ${reason}`,
      rfc822_base64: raw.toString("base64"),
    });
  }
  expect(asked()).toBe(1);
});

test("parsed mails are cached within a limit, the latest ones longest", async () => {
  const { parse, asked } = newParser(() => ({ kind: "read", json: " ".repeat(2 * MIB) }));
  for (let n = 0; n < 9; n++) await parse(mail, newEvent(`evt_${n}`));
  expect(asked()).toBe(9);
  await parse(mail, newEvent("evt_8"));
  expect(asked()).toBe(9);
  await parse(mail, newEvent("evt_0"));
  expect(asked()).toBe(10);
});

test("while no mail can be read nothing is known of it", async () => {
  let isDown = true;
  const { parse } = newParser(() => {
    if (isDown) throw new CannotReadMails("Cannot read the mail: no process");
    return { kind: "read", json: "{}" };
  });
  await expect(parse(mail, newEvent("evt_1"))).rejects.toThrow(CannotReadMails);
  isDown = false;
  expect(await parse(mail, newEvent("evt_1"))).toBe("{}");
});
