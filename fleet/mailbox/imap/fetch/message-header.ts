import type { FetchMessageObject } from "imapflow";

import { toEnvelope } from "./envelope.ts";
import { MAX_HEADER_BYTES, toHeaderEnvelope } from "./header-envelope.ts";
import type { Envelope } from "../../../../shared/users/events.ts";

/** What is known about a message before its body is read. */
export interface MessageHeader {
  uid: number;
  internalDate: Date;
  sizeBytes: number;
  envelope: Envelope;
  /** Gmail's labels (X-GM-EXT-1); empty elsewhere. */
  labels: ReadonlySet<string>;
  /** Whether the header could not be fetched. If so, only the UID is known. */
  isUnreadable?: boolean;
}

/** A row of FETCH whose UID is known. */
export type IdentifiedRow = FetchMessageObject & { uid: number };

/**
 * Converts a row of imapflow to a message header.
 *
 * @returns undefined if the row lacks a needed item, for example because it only reports changed
 * flags.
 */
export function toHeader(
  row: IdentifiedRow,
  { hasLabels }: { hasLabels: boolean },
): MessageHeader | undefined {
  const { uid, internalDate, size, envelope, labels } = row;
  if (internalDate === undefined || size === undefined || !envelope) return undefined;
  if (hasLabels && labels === undefined) return undefined;
  return {
    uid,
    internalDate: toDate(internalDate),
    sizeBytes: size,
    envelope: toEnvelope(envelope),
    labels: labels ?? new Set(),
  };
}

/**
 * Converts a row with the bytes of a header to a message header. A missing date becomes the current
 * time, and a missing size becomes 0.
 */
export function toHeaderOfBytes(
  row: IdentifiedRow,
  { hasLabels }: { hasLabels: boolean },
): MessageHeader | undefined {
  const { uid, internalDate, size = 0, headers, labels } = row;
  if (!headers?.length || (hasLabels && labels === undefined)) return undefined;
  const envelope = toHeaderEnvelope(headers.subarray(0, MAX_HEADER_BYTES));
  const date = toDate(internalDate);
  return { uid, internalDate: date, sizeBytes: size, envelope, labels: labels ?? new Set() };
}

/**
 * The earliest accepted date. A server whose clock was never set reports 1970, and ImapFlow returns
 * 1970 for NIL.
 */
const FIRST_DATE_MS = Date.UTC(1990, 0, 1);

/** Returns INTERNALDATE, or undefined if it is not a valid date. */
export const readDate = (value: Date | string | undefined): Date | undefined =>
  value instanceof Date && value.getTime() >= FIRST_DATE_MS ? value : undefined;

/** Returns INTERNALDATE. A message without a valid date counts as received just now. */
const toDate = (value: Date | string | undefined) => readDate(value) ?? new Date();

/** Returns a header to use for a message whose own header cannot be fetched. */
export function unreadableHeader(uid: number, nowMs: number): MessageHeader {
  const envelope = toEnvelope(undefined);
  const internalDate = new Date(nowMs);
  return { uid, internalDate, sizeBytes: 0, envelope, labels: new Set(), isUnreadable: true };
}
