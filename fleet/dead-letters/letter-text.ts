import type { LetterText } from "../../shared/commands.ts";
import { type ParsedContent, parseMail } from "../mime/parser/mail-parser.ts";
import { decodeWords } from "../mime/text/encoded-words.ts";
import { parseMailDate } from "../mime/text/mail-date.ts";
import { htmlToText } from "./html-text.ts";

const MAX_CHARACTERS = 100_000;

/**
 * Returns the parts of a mail that a person reads. Rejects when the mail cannot be parsed. Mail is
 * untrusted input: run this in a separate process, with `MailReader`.
 */
export async function readLetterText(raw: Uint8Array): Promise<LetterText> {
  const mail = await parseMail(raw);
  const date = readHeader(mail, "date");
  return {
    subject: readHeader(mail, "subject"),
    from: readHeader(mail, "from"),
    to: readHeader(mail, "to"),
    date: date && (parseMailDate(date) ?? date),
    text: pickText(mail)?.slice(0, MAX_CHARACTERS) ?? null,
    attachments: mail.attachments.map(({ filename, mimeType, content }) => ({
      name: filename,
      type: mimeType,
      size_bytes: typeof content === "string" ? content.length : content.byteLength,
    })),
  };
}

const pickText = ({ text, html }: ParsedContent) =>
  text ?? (html === undefined ? undefined : htmlToText(html.slice(0, 10 * MAX_CHARACTERS)));

/**
 * Returns the decoded value of a header. If it occurs several times, its values are joined. Null if
 * there is none.
 */
function readHeader({ headers }: ParsedContent, name: string): string | null {
  const values = headers.filter(({ key }) => key === name).map(({ value }) => value.trim());
  const text = decodeWords(values.filter(Boolean).join(", "));
  return text.slice(0, MAX_CHARACTERS) || null;
}
