import { formatBody, formatBodyStructure } from "./body-structure.ts";
import { mailboxLabel } from "../accounts/delivery.ts";
import { formatEnvelope } from "./envelope.ts";
import type { FetchItem, SectionText } from "../parsing/fetch-item.ts";
import { parseHeader, selectHeaderFields, splitMessage } from "./header.ts";
import type { NumberedMessage } from "../sessions/mailbox-view.ts";
import type { MailboxMessage } from "../accounts/message.ts";
import { findPart, isMessage, type MimePart, parseMimePart } from "./mime-part.ts";
import { imapDateTime, imapLiteral, imapString, type WirePart } from "../sessions/wire.ts";

/**
 * Returns one `* n FETCH (…)` response, without star and line end.
 *
 * @param mailbox The selected mailbox. As at Gmail, X-GM-LABELS does not contain its label.
 */
export function formatFetch(
  { sequence, message }: NumberedMessage,
  items: readonly FetchItem[],
  mailbox: string,
): WirePart[] {
  const parts = items.map((item) => formatItem(item, message, mailbox));
  const spaced = parts.flatMap((part, index) => (index === 0 ? part : [" ", ...part]));
  return [`${sequence} FETCH (`, ...spaced, ")"];
}

/** Returns whether fetching the item marks the message as read. */
export function marksSeen(item: FetchItem): boolean {
  return item.name === "section" && !item.peek;
}

function formatItem(item: FetchItem, message: MailboxMessage, mailbox: string): WirePart[] {
  switch (item.name) {
    case "FLAGS":
      return [`FLAGS (${[...message.flags].join(" ")})`];
    case "UID":
      return [`UID ${message.uid}`];
    case "INTERNALDATE":
      return [`INTERNALDATE ${imapDateTime(message.internalDate)}`];
    case "RFC822.SIZE":
      return [`RFC822.SIZE ${message.raw.length}`];
    case "ENVELOPE":
      return [`ENVELOPE ${formatEnvelope(parseHeader(splitMessage(message.raw).header))}`];
    case "BODYSTRUCTURE":
      return [`BODYSTRUCTURE ${formatBodyStructure(parseMimePart(message.raw))}`];
    case "BODY":
      return [`BODY ${formatBody(parseMimePart(message.raw))}`];
    case "X-GM-MSGID":
      return [`X-GM-MSGID ${message.gmail?.messageId ?? 0}`];
    case "X-GM-THRID":
      return [`X-GM-THRID ${message.gmail?.threadId ?? 0}`];
    case "X-GM-LABELS": {
      const labels = (message.gmail?.labels ?? []).filter(
        (label) => label !== mailboxLabel(mailbox),
      );
      return [`X-GM-LABELS (${labels.map(imapString).join(" ")})`];
    }
    case "section": {
      const bytes = sectionBytes(item, message);
      const end = item.partial && item.partial.offset + item.partial.length;
      return [
        `${item.label} `,
        ...(bytes ? imapLiteral(bytes.subarray(item.partial?.offset ?? 0, end)) : ["NIL"]),
      ];
    }
  }
}

/** Returns the bytes of a section; undefined if the message has no such part. */
function sectionBytes(
  { part: numbers, text }: FetchItem & { name: "section" },
  { raw }: MailboxMessage,
): Uint8Array | undefined {
  if (numbers.length === 0) return text.kind === "all" ? raw : selectText(splitMessage(raw), text);
  const part = findPart(parseMimePart(raw), numbers);
  if (!part) return undefined;
  if (text.kind === "all") return part.body;
  if (text.kind === "mime") return part.header;
  const [message] = part.children;
  return isMessage(part) && message ? selectText(message, text) : undefined;
}

function selectText(
  { header, body }: Pick<MimePart, "header" | "body">,
  text: SectionText,
): Uint8Array {
  if (text.kind === "text") return body;
  if (text.kind === "header-fields") return selectHeaderFields(header, text.names, text.inverted);
  return header;
}
