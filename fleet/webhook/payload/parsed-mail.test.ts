import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { type ParsedMail, toParsedMail } from "./parsed-mail.ts";

const HEAD = "From: Ann <ann@mail.example>\r\n";
const mixed = (...parts: string[]) =>
  `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts.map((part) => `--b\r\n${part}\r\n`).join("")}--b--\r\n`;
const FIRST = "Content-Type: text/plain\r\n\r\nfirst";
const file = (...headers: string[]) => mixed(FIRST, `${headers.join("\r\n")}\r\n\r\nthe file`);

const parse = (mail: string) =>
  toParsedMail({
    raw: Buffer.from(mail, "latin1"),
    envelope: null,
    maxAttachmentBytes: 1_000,
  });

const NAMES: [what: string, headers: string[], name: string][] = [
  ["inline", ["Content-Disposition: inline; filename=a.txt"], "a.txt"],
  ["without a disposition", ["Content-Type: text/plain; name=a.txt"], "a.txt"],
  ["of HTML", ["Content-Type: text/html; name=a.html"], "a.html"],
  ["in RFC 2231", ["Content-Disposition: inline; filename*=utf-8''%C3%BC.txt"], "ü.txt"],
  ["in a charset that is none", ["Content-Disposition: inline; filename*=x-no''%C3%BC"], "ü"],
  ["in Latin-1 of no name", ["Content-Disposition: inline; filename*=default''%FC"], "ü"],
  [
    "in UTF-8 by another name",
    ["Content-Disposition: inline; filename*0*=utf8mb4''%C3;", " filename*1*=%BC"],
    "ü",
  ],
  ["as an encoded word", ['Content-Type: text/plain; name="=?x-no?Q?=C3=BC?="'], "ü"],
  ["with parentheses", ["Content-Type: text/plain; name=a (1) [2].txt"], "a (1) [2].txt"],
  ["without a semicolon", ["Content-Disposition: attachment filename=a.txt"], "a.txt"],
];

test.each(NAMES)("a part with a file name %s is an attachment", async (_what, headers, name) => {
  const { text, html, attachments } = await parse(file(...headers));
  expect({ text, html }).toEqual({ text: "first\n", html: null });
  expect(attachments.map((one) => one.name)).toEqual([name]);
});

const alternative = (type: string, text: string, name: string) =>
  `--c\r\nContent-Type: text/${type}; name=${name}\r\n\r\n${text}\r\n`;

const flowed = (text: string) => `${HEAD}Content-Type: text/plain; format=Flowed\r\n\r\n${text}`;
const qp = (text: string) => `${HEAD}Content-Transfer-Encoding: quoted-printable\r\n\r\n${text}`;

const MAILS: [what: string, mail: string, wanted: Partial<ParsedMail>][] = [
  [
    "versions of one text that have names",
    `${HEAD}Content-Type: multipart/alternative; boundary=c\r\n\r\n${alternative("plain", "one", "a.txt")}${alternative("html", "<p>", "a.html")}--c--\r\n`,
    { text: "one\n", html: "<p>\n", attachments: [] },
  ],
  [
    "an empty file name",
    file('Content-Disposition: inline; filename=""'),
    { text: "first\n\nthe file\n" },
  ],
  ["no Content-Type of use", `${HEAD}Content-Type: ; charset=utf-8\r\n\r\none`, { text: "one\n" }],
  ["a Content-Type of one word", `${HEAD}Content-Type: PLAIN\r\n\r\none`, { text: "one\n" }],
  [
    "no semicolon",
    `${HEAD}Content-Type: text/plain charset=iso-8859-2\r\n\r\n\xB1`,
    { text: "ą\n" },
  ],
  ["multipart alone", mixed(FIRST).replace("multipart/mixed", "multipart"), { text: "first\n" }],
  [
    "a charset with an open quote",
    `${HEAD}Content-Type: text/plain; charset="iso-8859-2\r\n\r\n\xB1`,
    { text: "ą\n" },
  ],
  [
    "blanks behind soft breaks",
    qp("a =\t \r\nb=20 \t\r\nc  \r\n=3D = \r\n"),
    { text: "a b \nc\n= " },
  ],
  ["a stuffed mark", flowed("no\n > 5 is \nmore\n\n> old\n"), { reply_text: "no\n> 5 is more" }],
  ["a stuffed mark by a quotation", flowed(" >mine\n> theirs\n"), { reply_text: ">mine" }],
  [
    "HTML that calls itself flowed",
    `${HEAD}Content-Type: text/html; format=flowed\r\n\r\n<p> \r\n<b>`,
    { html: "<p> \n<b>\n" },
  ],
  [
    "a text behind a signature",
    mixed(`${FIRST}\r\n-- \r\nAnn`, "Content-Type: text/plain\r\n\r\nsecond"),
    { reply_text: "first\n\nsecond" },
  ],
  [
    "ids that were folded",
    `${HEAD}Message-ID: <a\r\n b@c>\r\nIn-Reply-To: <d@e\r\n >\r\nReferences: <1@a> 2@a\r\n\r\n`,
    { message_id: "<ab@c>", in_reply_to: "<d@e>", references: ["<1@a>", "2@a"] },
  ],
];

test.each(MAILS)("a mail with %s is parsed", async (_what, mail, wanted) => {
  expect(await parse(mail)).toMatchObject(wanted);
});

test("an attachment in quoted-printable has no blanks that were added in transit", async () => {
  const headers = "Content-Disposition: attachment\r\nContent-Transfer-Encoding: quoted-printable";
  const { attachments } = await parse(mixed(`${headers}\r\n\r\na,= \r\nb \t`));
  expect(attachments[0]?.content_base64).toBe(Buffer.from("a,b\n").toString("base64"));
});
