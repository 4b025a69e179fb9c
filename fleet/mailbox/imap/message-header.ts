import type { FetchMessageObject } from "imapflow";
import type { MessageHeader } from "../catch-up/decide.ts";
import { toEnvelope } from "./envelope.ts";
import { toHeaderEnvelope } from "./header-envelope.ts";

/** A row of FETCH, as far as it is known which message it is of. */
export type IdentifiedRow = FetchMessageObject & { uid: number };

/**
 * What imapflow read of a message, in our words.
 *
 * @returns undefined for a row without every item that a header needs, such as one that only reports changed flags.
 */
export function toHeader(row: IdentifiedRow): MessageHeader | undefined {
  const { uid, internalDate, size, envelope, labels = new Set() } = row;
  if (internalDate === undefined || size === undefined || !envelope) return undefined;
  return {
    uid,
    internalDate: toDate(internalDate),
    sizeBytes: size,
    envelope: toEnvelope(envelope),
    labels,
  };
}

/** The same from the bytes of a header; what the row lacks beside them is taken as unknown. */
export function toHeaderOfBytes(row: IdentifiedRow): MessageHeader | undefined {
  const { uid, internalDate, size = 0, headers, labels = new Set() } = row;
  if (!headers?.length) return undefined;
  const envelope = toHeaderEnvelope(headers);
  return { uid, internalDate: toDate(internalDate), sizeBytes: size, envelope, labels };
}

/** No mailbox has mail from before: a clock that was never set says 1970, and so does the library for NIL. */
const FIRST_DATE_MS = Date.UTC(1990, 0, 1);

/** INTERNALDATE, or undefined where it is no date. */
export const readDate = (value: Date | string | undefined): Date | undefined =>
  value instanceof Date && value.getTime() >= FIRST_DATE_MS ? value : undefined;

/** A message without a date came just now, as far as anybody knows. */
const toDate = (value: Date | string | undefined) => readDate(value) ?? new Date();

/** Stands for a message whose header cannot be fetched. */
export function unreadableHeader(uid: number, nowMs: number): MessageHeader {
  const envelope = toEnvelope(undefined);
  const internalDate = new Date(nowMs);
  return { uid, internalDate, sizeBytes: 0, envelope, labels: new Set(), isUnreadable: true };
}
