import { expect, test } from "vitest";
import { toHeaderEnvelope } from "./header-envelope.ts";

const parseEnvelope = (text: string) => toHeaderEnvelope(Buffer.from(text));
const ann = {
  name: "Ann",
  route: null,
  mailbox: "ann",
  host: "mail.example",
  address: "ann@mail.example",
};

test("toHeaderEnvelope() reads the fields that ENVELOPE has", () => {
  const lines = [
    'Subject: see "C:\\temp\\"',
    "From: Ann <ann@mail.example>",
    "Date: Sun, 22 Nov 2026 15:04:05 +0000",
    "In-Reply-To: <a@mail.example>",
    "Message-ID: <b@mail.example>",
  ];
  expect(parseEnvelope(`${lines.join("\r\n")}\r\n\r\nSubject: not this\r\n`)).toEqual({
    date: "Sun, 22 Nov 2026 15:04:05 +0000",
    subject: 'see "C:\\temp\\"',
    from: [ann],
    sender: [ann],
    reply_to: [ann],
    to: null,
    cc: null,
    bcc: null,
    in_reply_to: "<a@mail.example>",
    message_id: "<b@mail.example>",
  });
});

test.each([
  ["encoded words", "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"],
  ["bytes of UTF-8", "Subject: Grüße", "Grüße"],
  ["folded lines", "Subject: one\r\n two\r\n\tthree", "one two three"],
  ["lines that end in LF", "X: y\nSubject: one\n two\n", "one two"],
  ["a name in capitals", "SUBJECT: one", "one"],
  ["the first of two", "Subject: one\r\nSubject: two\r\n more", "one"],
  ["a line that is no field", "no field\r\nSubject: one", "one"],
  ["a header that is cut off", "Subject: one tw", "one tw"],
  ["an empty field", "Subject:\r\nX: y", null],
  ["no field", "", null],
])("toHeaderEnvelope() reads %s", (_name, header, subject) => {
  expect(parseEnvelope(header).subject).toBe(subject);
});

test("toHeaderEnvelope() lists the members of a group", () => {
  const { to, cc } = parseEnvelope("To: team: ann@mail.example, bob@mail.example;\r\nCc: nobody:;");
  expect(to?.map(({ address }) => address)).toEqual(["ann@mail.example", "bob@mail.example"]);
  expect(cc).toBeNull();
});

test.each([
  ["Sun, 22 Nov 2026 10:00:00 +0200", "Sun, 22 Nov 2026 08:00:00 +0000"],
  ["22 Nov 2026 10:00:00 EST (winter)", "Sun, 22 Nov 2026 15:00:00 +0000"],
  ["yesterday", "yesterday"],
])("the date %s is %s", (text, date) => {
  expect(parseEnvelope(`Date: ${text}\r\n\r\n`).date).toBe(date);
});
