import { Buffer } from "node:buffer";
import type { Envelope, EnvelopeAddress } from "../../../shared/users/events.ts";
import type { MailAddress } from "../../mime/text/address-list.ts";
import { parseMailDate } from "../../mime/text/mail-date.ts";
import type { ParsedMail } from "./parsed-mail.ts";

/** Returns a mail with only the fields of its envelope; text, HTML and attachments are empty. */
export function toEnvelopeMail(envelope: Envelope | null): ParsedMail {
  return {
    subject: envelope?.subject ?? null,
    from: nameAndAddress(envelope?.from),
    to: nameAndAddress(envelope?.to),
    cc: nameAndAddress(envelope?.cc),
    reply_to: nameAndAddress(envelope?.reply_to),
    date: parseMailDate(envelope?.date ?? ""),
    message_id: envelope?.message_id ?? null,
    in_reply_to: envelope?.in_reply_to ?? null,
    references: [],
    text: null,
    html: null,
    reply_text: null,
    attachments: [],
  };
}

/** Returns the fields for a mail that could not be parsed: the reason, and the raw mail. */
export const unparsed = (
  raw: Uint8Array,
  fault: string,
): Required<Pick<ParsedMail, "parse_error" | "rfc822_base64">> => ({
  parse_error: `Cannot parse the mail: ${fault}`,
  rfc822_base64: Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("base64"),
});

const nameAndAddress = (addresses: readonly EnvelopeAddress[] | null = null): MailAddress[] =>
  (addresses ?? []).map(({ name, address }) => ({ name, address }));
