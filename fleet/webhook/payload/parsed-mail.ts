import { Buffer } from "node:buffer";
import { type Address, addressParser, type Email } from "postal-mime";
import { messageOf } from "../../../shared/errors.ts";
import type { Envelope, EnvelopeAddress } from "../../../shared/events.ts";
import { describeAttachments, type ParsedAttachment } from "./attachments.ts";
import { isoDateOf } from "./mail-date.ts";
import { parseMail } from "./mail-parser.ts";
import { replyText } from "./reply-text.ts";

const MAX_FROM_LENGTH = 10_000;

export interface MailAddress {
  name: string | null;
  address: string | null;
}

/** What the format `parsed` says of a mail. Texts may hold NUL. */
export interface ParsedMail {
  subject: string | null;
  from: MailAddress[];
  to: MailAddress[];
  cc: MailAddress[];
  reply_to: MailAddress[];
  /** ISO 8601, in UTC; null when there is none or it cannot be read. */
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
  /** Why the mail could not be parsed; what is known without that is told, and the mail itself. */
  parse_error?: string;
  rfc822_base64?: string;
}

/** Null for a mail whose bytes are not known: then its envelope has to do. */
export async function parsedMailOf(
  raw: Uint8Array | null,
  envelope: Envelope | null,
  maxAttachmentBytes: number,
): Promise<ParsedMail> {
  if (raw === null) return fromEnvelope(envelope);
  try {
    const email = await parseMail(raw);
    const mail = fromEmail(email, maxAttachmentBytes);
    return isLost(email) ? { ...mail, ...unparsed(raw, "found nothing in its parts") } : mail;
  } catch (error) {
    // A mail is delivered, whatever it is: another attempt would fail as this one did.
    return { ...fromEnvelope(envelope), ...unparsed(raw, messageOf(error)) };
  }
}

const unparsed = (raw: Uint8Array, fault: string) => ({
  parse_error: `Cannot parse the mail: ${fault}`,
  rfc822_base64: Buffer.from(raw).toString("base64"),
});

/** postal-mime loses a multipart whose boundary never comes. */
const isLost = (email: Email) =>
  email.text === undefined &&
  email.html === undefined &&
  email.attachments.length === 0 &&
  /^multipart\//i.test(valueOf(email, "content-type"));

const valueOf = (email: Email, key: string) =>
  email.headers.find((line) => line.key === key)?.value ?? "";

function fromEmail(email: Email, maxAttachmentBytes: number): ParsedMail {
  const text = email.text ?? null;
  return {
    subject: email.subject ?? null,
    from: flatten(authorsOf(email, valueOf(email, "from"))),
    to: flatten(email.to),
    cc: flatten(email.cc),
    reply_to: flatten(email.replyTo),
    date: isoDateOf(valueOf(email, "date")),
    message_id: email.messageId ?? null,
    in_reply_to: email.inReplyTo ?? null,
    references: email.references?.match(/<[^<>\s]+>/g) ?? [],
    text,
    html: email.html ?? null,
    reply_text: text === null ? null : replyText(text),
    attachments: describeAttachments(email.attachments, maxAttachmentBytes),
  };
}

function fromEnvelope(envelope: Envelope | null): ParsedMail {
  return {
    subject: envelope?.subject ?? null,
    from: nameAndAddress(envelope?.from),
    to: nameAndAddress(envelope?.to),
    cc: nameAndAddress(envelope?.cc),
    reply_to: nameAndAddress(envelope?.reply_to),
    date: isoDateOf(envelope?.date ?? ""),
    message_id: envelope?.message_id ?? null,
    in_reply_to: envelope?.in_reply_to ?? null,
    references: [],
    text: null,
    html: null,
    reply_text: null,
    attachments: [],
  };
}

/** postal-mime tells the first alone; a list that no person wrote is not read twice. */
const authorsOf = ({ from }: Email, header: string): Address[] =>
  header.length <= MAX_FROM_LENGTH
    ? addressParser(header)
    : [from].filter((one) => one !== undefined);

/** The members of a group stand for it. */
const flatten = (addresses: readonly Address[] = []): MailAddress[] =>
  addresses
    .flatMap((entry) => entry.group ?? [entry])
    .map(({ name, address }) => ({ name: name || null, address: address || null }))
    .filter(({ name, address }) => name !== null || address !== null);

const nameAndAddress = (addresses: readonly EnvelopeAddress[] | null = null): MailAddress[] =>
  (addresses ?? []).map(({ name, address }) => ({ name, address }));
