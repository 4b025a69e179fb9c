const HEAD = "From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n";
const KIB = 1_024;
/** The size of a long header in bytes. It is below the size limit of a mail's header section. */
const HEADER = 700 * KIB;

const fill = (unit: string, length: number) => unit.repeat(Math.floor(length / unit.length));
const folded = (text: string) => text.replaceAll(/.{900}/g, "$&\r\n ");
const html = (text: string) =>
  `${HEAD}Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\nContent-Type: text/plain\r\n\r\nhi\r\n--B\r\nContent-Type: text/html\r\n\r\n${text}\r\n--B--\r\n`;
const onlyHtml = (text: string) => `${HEAD}Content-Type: text/html\r\n\r\n${text}`;
const text = (line: string, length: number) => `${HEAD}\r\n${fill(line, length)}`;
const to = (unit: string, length: number) =>
  `${HEAD.replace("c@d.example", folded(fill(unit, length)))}\r\nx`;

function parameters(length: number): string {
  const names = Array.from({ length: length / 15 }, (_, n) => `name*${n}*=%41; `);
  return `${HEAD}Content-Type: application/x; ${folded(names.join("").slice(0, length))}\r\n\r\nx`;
}

/** Mails that keep a parser busy. Each of the first four used to take between 2 s and 8 min. */
export const HOSTILE_MAILS: readonly [what: string, mail: string][] = [
  ["12 kB of attributes in a tag without end", html(`<a ${fill("href=", 12_000)}`)],
  ["24 kB of attributes in a tag without end", html(`<a ${fill("href=", 24_000)}`)],
  ["1 MiB of lines with an address without end", text(`on <${fill("a@", 490)}:\n`, 1_024 * KIB)],
  ["groups in groups", to("a:", HEADER)],
  ["5 MiB of lines with an address without end", text(`on <${fill("@", 490)}:\n`, 5_000 * KIB)],
  [
    "5 MiB of attributes in a tag without end, and no text",
    onlyHtml(`<a ${fill("href=", 5_000 * KIB)}`),
  ],
  ["24 kB of tags without end, and no text", onlyHtml(fill("<a href=", 24_000))],
  ["comments without end in HTML", onlyHtml(fill("<!--", 1_024 * KIB))],
  ["styles without end in HTML", onlyHtml(fill("<style>", 1_024 * KIB))],
  ["quotes without end in To", to('"', HEADER)],
  ["comments in comments in To", to("(", HEADER)],
  ["encoded words in To", to("=?utf-8?q?a=2C_b?= <a@b>,", HEADER)],
  ["words in To", to("a ", HEADER)],
  ["pieces of a parameter", parameters(HEADER)],
  ["message ids without end", `${HEAD}References: ${folded(fill("<a", HEADER))}\r\n\r\nx`],
  ["spaces at the end of lines", text(`${" ".repeat(900)}a\n`, 5_000 * KIB)],
  ["verbs", text(`on ${fill("wrote", 475)}:\n\n`, 5_000 * KIB)],
];
