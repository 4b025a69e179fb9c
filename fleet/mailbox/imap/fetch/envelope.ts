import type { MessageAddressObject, MessageEnvelopeObject } from "imapflow";
import type { Envelope, EnvelopeAddress } from "../../../../shared/users/events.ts";

/**
 * Converts ImapFlow's envelope to the form that events contain. Encoded words are decoded; missing
 * fields are null.
 */
export function toEnvelope(source: MessageEnvelopeObject | undefined): Envelope {
  return {
    date: dateText(source?.date),
    subject: source?.subject ?? null,
    from: addresses(source?.from),
    sender: addresses(source?.sender),
    reply_to: addresses(source?.replyTo),
    to: addresses(source?.to),
    cc: addresses(source?.cc),
    bcc: addresses(source?.bcc),
    in_reply_to: source?.inReplyTo || null,
    message_id: source?.messageId || null,
  };
}

function addresses(list: MessageAddressObject[] | undefined): EnvelopeAddress[] | null {
  return list && list.length > 0 ? list.map(toAddress) : null;
}

/** Converts an address to SuperIMAP's shape. */
export function toAddress({ name, address }: MessageAddressObject): EnvelopeAddress {
  const at = address?.lastIndexOf("@") ?? -1;
  return {
    name: name || null,
    route: null,
    mailbox: address ? address.slice(0, at < 0 ? undefined : at) : null,
    host: address && at >= 0 ? address.slice(at + 1) : null,
    address: address || null,
  };
}

/**
 * Formats a date as in RFC 5322, 3.3: `Sun, 22 Nov 2026 15:04:05 +0000`. A text that is no date is
 * returned unchanged.
 */
export function dateText(date: Date | string | undefined): string | null {
  if (date === undefined || date === "") return null;
  return typeof date === "string" ? date : date.toUTCString().replace("GMT", "+0000");
}
