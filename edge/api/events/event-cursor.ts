import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from "@oslojs/encoding";
import type { LogPosition } from "../../../db/mail/event-log.ts";

export const encodePosition = ({ changeSeq, eventId }: LogPosition): string =>
  encodeBase64urlNoPadding(new TextEncoder().encode(`${changeSeq}.${eventId}`));

/**
 * @returns undefined when the text is no cursor of the log. Transaction ids have 64 bits; 18 digits
 * are enough here.
 */
export function decodePosition(cursor: string): LogPosition | undefined {
  const [, changeSeq, eventId] =
    /^(\d{1,18})\.(evt_[0-9A-Za-z]{1,40})$/.exec(tryDecode(cursor)) ?? [];
  return changeSeq === undefined || eventId === undefined ? undefined : { changeSeq, eventId };
}

function tryDecode(cursor: string): string {
  try {
    return new TextDecoder().decode(decodeBase64urlIgnorePadding(cursor));
  } catch {
    return "";
  }
}
