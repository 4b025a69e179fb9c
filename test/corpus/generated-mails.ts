const HEAD = "From: Ann Example <ann@example.com>\r\nSubject: generated\r\n";
const MULTIPART = `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n`;

const times = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join("");

/** Returns an attachment in base64. Its content consists of this many equal bytes. */
const attachment = (name: string, bytes: number) =>
  `--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=${name}\r\n` +
  `Content-Transfer-Encoding: base64\r\n\r\n${Buffer.alloc(bytes, 7).toString("base64")}\r\n`;

/** Returns a mail with multiparts that are nested to this depth. */
const nested = (levels: number) =>
  HEAD +
  times(levels, (n) => `Content-Type: multipart/mixed; boundary=level${n}\r\n\r\n--level${n}\r\n`) +
  "\r\nthe innermost\r\n";

const everyByte = Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte)).toString(
  "latin1",
);

/**
 * Mails that are too large for the repository or are not text. In each string, one character stands
 * for one byte (Latin-1).
 */
const TEXTS: Record<string, string> = {
  "recipients-10000": `${HEAD}To: ${times(10_000, (n) => `Recipient ${n} <recipient-${n}@example.com>,\r\n `)}last@example.com\r\n\r\nto all\r\n`,
  "header-bomb-long": `${HEAD}X-Bomb: ${"a".repeat(800_000)}\r\n\r\nhi\r\n`,
  "header-bomb-many": `${HEAD}${times(100_000, () => "X: a\r\n")}\r\nhi\r\n`,
  "header-bomb-groups": `${HEAD}To: ${"a:".repeat(10_000)}\r\n\r\nhi\r\n`,
  "parts-10000": `${MULTIPART}${times(10_000, (n) => `--b\r\n\r\n${n}\r\n`)}--b--\r\n`,
  "parts-of-nothing": MULTIPART + "--b\r\n".repeat(30_000),
  "lines-blank": `${HEAD}\r\n${"\n".repeat(200_000)}`,
  "line-of-a-megabyte": `${HEAD}\r\n${"a".repeat(1_000_000)}`,
  "nested-20": nested(20),
  "nested-too-deep": nested(100),
  "forwarded-20": times(
    20,
    (n) => `Subject: level ${n}\r\nContent-Type: message/rfc822\r\n\r\n`,
  ).concat("Subject: the innermost\r\n\r\nhi\r\n"),
  "attachments-large": `${MULTIPART}${attachment("too-large", 262_145)}${times(5, (n) => attachment(`large-${n}`, 262_144))}--b--\r\n`,
  "html-hostile": `${MULTIPART}--b\r\n\r\ntext\r\n--b\r\nContent-Type: text/html\r\n\r\n${'<a href="'.repeat(25_000)}\r\n--b--\r\n`,
  "every-byte": `${HEAD}Content-Transfer-Encoding: binary\r\n\r\n${everyByte}\r\n`,
};

export const GENERATED_MAILS: ReadonlyMap<string, Uint8Array> = new Map(
  Object.entries(TEXTS).map(([name, text]) => [name, Buffer.from(text, "latin1")]),
);
