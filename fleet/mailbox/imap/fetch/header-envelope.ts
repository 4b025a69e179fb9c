import type { Envelope, EnvelopeAddress } from "../../../../shared/users/events.ts";
import { parseAddresses } from "../../../mime/text/address-list.ts";
import { decodeWords } from "../../../mime/text/encoded-words.ts";
import { parseMailDate } from "../../../mime/text/mail-date.ts";
import { dateText, toAddress } from "./envelope.ts";

/** How many bytes of a header are fetched. Fields after these bytes are missing in the envelope. */
export const MAX_HEADER_BYTES = 64 * 1_024;

/**
 * Builds the envelope of a message from the bytes of its header. Used for servers whose ENVELOPE
 * cannot be read. The fields and defaults are those of ENVELOPE (RFC 9051, 7.5.2). For example,
 * From replaces a missing Sender or Reply-To.
 *
 * @param header At most MAX_HEADER_BYTES; it may be cut at any byte.
 */
export function toHeaderEnvelope(header: Uint8Array): Envelope {
  const fields = readFields(header);
  const text = (name: string) => fields.get(name)?.trim() || null;
  const addresses = (name: string) => toAddresses(fields.get(name));
  const from = addresses("from");
  const subject = text("subject");
  return {
    date: dateText(parseDate(text("date") ?? "")),
    subject: subject === null ? null : decodeWords(subject),
    from,
    sender: addresses("sender") ?? from,
    reply_to: addresses("reply-to") ?? from,
    to: addresses("to"),
    cc: addresses("cc"),
    bcc: addresses("bcc"),
    in_reply_to: text("in-reply-to"),
    message_id: text("message-id"),
  };
}

/** Returns the date of a header; the text itself if it is no date. */
function parseDate(text: string): Date | string {
  const date = parseMailDate(text);
  return date === null ? text : new Date(date);
}

/** Returns the first field of each name, unfolded (RFC 5322, 2.2.3). */
function readFields(header: Uint8Array): Map<string, string> {
  const fields = new Map<string, string>();
  const [head = ""] = new TextDecoder().decode(header).split(/\r?\n\r?\n/, 1);
  let name = "";
  for (const line of head.split(/\r?\n/)) {
    const isFolded = line.startsWith(" ") || line.startsWith("\t");
    if (isFolded) {
      if (name) fields.set(name, `${fields.get(name)} ${line.trim()}`);
      continue;
    }
    const colon = line.indexOf(":");
    const next = line.slice(0, colon).trim().toLowerCase();
    name = colon > 0 && !fields.has(next) ? next : "";
    if (name) fields.set(name, line.slice(colon + 1).trim());
  }
  return fields;
}

/** Parses addresses. Members of groups are listed like other addresses. */
function toAddresses(value: string | undefined): EnvelopeAddress[] | null {
  const addresses = parseAddresses(value ?? "").map(({ name, address }) =>
    toAddress({ name: name ?? "", address: address ?? "" }),
  );
  return addresses.length > 0 ? addresses : null;
}
