import type { LogPosition } from "../../../db/mail/event-log.ts";
import { decodeCursor, encodeCursor } from "../../paging/cursor.ts";

export const encodePosition = ({ changeSeq, eventId }: LogPosition): string =>
  encodeCursor(`${changeSeq}.${eventId}`);

/**
 * Decodes a cursor to a position in the log of events. `changeSeq` is a transaction id of 64 bits,
 * but 18 digits are enough in practice.
 * @returns undefined when the text is not a cursor of this log.
 */
export function decodePosition(cursor: string): LogPosition | undefined {
  const [, changeSeq, eventId] =
    /^(\d{1,18})\.(evt_[0-9A-Za-z]{1,40})$/.exec(decodeCursor(cursor)) ?? [];
  return changeSeq === undefined || eventId === undefined ? undefined : { changeSeq, eventId };
}
