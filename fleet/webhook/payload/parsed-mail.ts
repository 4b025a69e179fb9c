import { toErrorText } from "../../../shared/errors.ts";
import { type MailAddress, parseAddresses } from "../../mime/text/address-list.ts";
import { describeAttachments, type ParsedAttachment } from "../../mime/parser/attachments.ts";
import { decodeWords } from "../../mime/text/encoded-words.ts";
import { toEnvelopeMail, unparsed } from "./envelope-mail.ts";
import { parseMailDate } from "../../mime/text/mail-date.ts";
import { type ParsedContent, parseMail } from "../../mime/parser/mail-parser.ts";
import { parseMessageId, parseMessageIds } from "../../mime/text/message-ids.ts";
import type { MailToParse } from "./parse-once.ts";
import { replyText } from "./reply-text.ts";

/** A mail in the format `parsed`. Texts may contain NUL. */
export interface ParsedMail {
  subject: string | null;
  from: MailAddress[];
  to: MailAddress[];
  cc: MailAddress[];
  reply_to: MailAddress[];
  /** ISO 8601, in UTC. Null if the mail has no date, or its date cannot be parsed. */
  date: string | null;
  message_id: string | null;
  in_reply_to: string | null;
  /** Message ids, the oldest first. */
  references: string[];
  text: string | null;
  html: string | null;
  /** `text` without quotations and signature. */
  reply_text: string | null;
  attachments: ParsedAttachment[];
  /**
   * Why the mail could not be parsed. The fields above are then only from the envelope or the
   * header, and `rfc822_base64` is the raw mail.
   */
  parse_error?: string;
  rfc822_base64?: string;
}

/**
 * Parses any mail. Mail is untrusted, so call this only in a separate process. The fleet does so
 * through `createParseOnce()`.
 */
export async function toParsedMail({
  raw,
  envelope,
  maxAttachmentBytes,
}: MailToParse): Promise<ParsedMail> {
  try {
    const content = await parseMail(raw);
    const mail = fromContent(content, maxAttachmentBytes);
    return isLost(content) ? { ...mail, ...unparsed(raw, "found nothing in its parts") } : mail;
  } catch (error) {
    // The mail is delivered with the error, because another attempt would fail in the same way.
    return { ...toEnvelopeMail(envelope), ...unparsed(raw, toErrorText(error)) };
  }
}

/** Parses any mail like `toParsedMail()`, and returns JSON. */
export const toParsedJson = async (mail: MailToParse): Promise<string> =>
  JSON.stringify(await toParsedMail(mail));

/**
 * Returns whether the content was lost. postal-mime returns nothing for a multipart without its
 * boundary.
 */
const isLost = (mail: ParsedContent) =>
  mail.text === undefined &&
  mail.html === undefined &&
  mail.attachments.length === 0 &&
  /^multipart\//i.test(readHeader(mail, "content-type"));

/** Returns the value of the first header with this key; empty if there is none. */
const readHeader = (mail: ParsedContent, key: string) =>
  mail.headers.find((line) => line.key === key)?.value ?? "";

const readAddresses = (mail: ParsedContent, key: string) =>
  mail.headers.filter((line) => line.key === key).flatMap(({ value }) => parseAddresses(value));

function fromContent(mail: ParsedContent, maxAttachmentBytes: number): ParsedMail {
  return {
    subject: decodeWords(readHeader(mail, "subject")) || null,
    // Only the first From field is used: a second one is more often forged than intended.
    from: parseAddresses(readHeader(mail, "from")),
    to: readAddresses(mail, "to"),
    cc: readAddresses(mail, "cc"),
    reply_to: readAddresses(mail, "reply-to"),
    date: parseMailDate(readHeader(mail, "date")),
    message_id: parseMessageId(readHeader(mail, "message-id")),
    in_reply_to: parseMessageId(readHeader(mail, "in-reply-to")),
    references: parseMessageIds(readHeader(mail, "references")),
    text: mail.text ?? null,
    html: mail.html ?? null,
    reply_text: mail.text === undefined ? null : joinReplies(mail.texts),
    attachments: describeAttachments(mail.attachments, maxAttachmentBytes),
  };
}

/**
 * Removes quotations and signatures from each part separately. A signature must not extend into the
 * next part.
 */
const joinReplies = (texts: ParsedContent["texts"]) =>
  texts
    .map(({ text, ownLines }) => replyText(text, ownLines))
    .filter((text) => text !== "")
    .join("\n\n");
