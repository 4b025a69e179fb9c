import { expect, test } from "vitest";
import { formatEnvelope } from "./envelope.ts";
import { parseHeader } from "./header.ts";

const envelope = (...lines: string[]) =>
  formatEnvelope(parseHeader(Buffer.from([...lines, "", ""].join("\r\n"), "latin1")));

const subjects: [name: string, line: string, expected: string][] = [
  ["quotes", 'Subject: say "a\\b"', String.raw`"say \"a\\b\""`],
  ["unfolds", "Subject: one\r\n two\r\n\tthree", '"one two\tthree"'],
  [
    "leaves encoded words alone in",
    "Subject: =?UTF-8?Q?gr=C3=BC=C3=9F?=",
    '"=?UTF-8?Q?gr=C3=BC=C3=9F?="',
  ],
  ["sends as a literal a", "Subject: gr\xfc\xdfe", "{5}\r\ngr\xfc\xdfe"],
  ["tells an empty from a missing", "Subject:", '""'],
  ["gives NIL for a missing", "X-Subject: none", "NIL"],
  ["takes the first", "Subject: first\r\nSubject: second", '"first"'],
];

test.each(subjects)("formatEnvelope() %s subject", (_name, line, expected) => {
  expect(envelope(line)).toBe(`(NIL ${expected} NIL NIL NIL NIL NIL NIL NIL NIL)`);
});

const recipients: [to: string, expected: string][] = [
  ["a@b.c", '(NIL NIL "a" "b.c")'],
  ["Ann Bee <a@b.c>", '("Ann Bee" NIL "a" "b.c")'],
  ['"Bee, Ann \\"x\\"" <a@b.c>', String.raw`("Bee, Ann \"x\"" NIL "a" "b.c")`],
  ["a@b.c (Ann Bee)", '("Ann Bee" NIL "a" "b.c")'],
  ["a@b.c, d@e.f", '(NIL NIL "a" "b.c")(NIL NIL "d" "e.f")'],
  ["<@x.y,@z:a@b.c>", '(NIL "@x.y,@z" "a" "b.c")'],
  ['"a b"@b.c', '(NIL NIL "a b" "b.c")'],
  ["a@[192.0.2.1]", '(NIL NIL "a" "[192.0.2.1]")'],
  ["=?utf-8?q?=C3=A4?= <a@b.c>", '("=?utf-8?q?=C3=A4?=" NIL "a" "b.c")'],
  ["J\xfcrgen <a@b.c>", '({6}\r\nJ\xfcrgen NIL "a" "b.c")'],
  [
    "Team: a@b.c, d@e.f;",
    '(NIL NIL "Team" NIL)(NIL NIL "a" "b.c")(NIL NIL "d" "e.f")(NIL NIL NIL NIL)',
  ],
  ["undisclosed-recipients:;", '(NIL NIL "undisclosed-recipients" NIL)(NIL NIL NIL NIL)'],
  ["nobody", '(NIL NIL "nobody" "MISSING_DOMAIN")'],
  ["Ann <a@b.c", '("Ann" NIL "a" "b.c")'],
];

test.each(recipients)("formatEnvelope() reads the recipients %j", (to, expected) => {
  expect(envelope(`To: ${to}`)).toBe(`(NIL NIL NIL NIL NIL (${expected}) NIL NIL NIL NIL)`);
});

test("formatEnvelope() has ten parts, and sender and reply-to are from where they are missing", () => {
  expect(
    envelope(
      "Date: Sun, 1 Feb 2026 12:00:00 +0100",
      "From: a@b.c",
      "Reply-To: r@b.c",
      "Cc: c@b.c",
      "Bcc: d@b.c",
      "In-Reply-To: <1@b.c>",
      "Message-ID: <2@b.c>",
    ),
  ).toBe(
    '("Sun, 1 Feb 2026 12:00:00 +0100" NIL ((NIL NIL "a" "b.c")) ((NIL NIL "a" "b.c")) ((NIL NIL "r" "b.c")) ' +
      'NIL ((NIL NIL "c" "b.c")) ((NIL NIL "d" "b.c")) "<1@b.c>" "<2@b.c>")',
  );
});
