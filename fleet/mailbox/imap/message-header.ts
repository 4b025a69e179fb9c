import type { FetchMessageObject } from "imapflow";
import type { MessageHeader } from "../catch-up/decide.ts";
import { toEnvelope } from "./envelope.ts";

/**
 * What imapflow read of a message, in our words. An internal date that cannot be read means: now.
 *
 * @returns undefined for a row without every item that a header needs, such as one that only reports changed flags.
 */
export function toHeader(message: FetchMessageObject): MessageHeader | undefined {
  const { uid, internalDate, size, envelope, labels = new Set() } = message;
  if (!uid || internalDate === undefined || size === undefined) return undefined;
  return {
    uid,
    internalDate: internalDate instanceof Date ? internalDate : new Date(),
    sizeBytes: size,
    envelope: toEnvelope(envelope),
    labels,
  };
}

/** Stands for a message whose header cannot be fetched. */
export function unreadableHeader(uid: number, nowMs: number): MessageHeader {
  const envelope = toEnvelope(undefined);
  const internalDate = new Date(nowMs);
  return { uid, internalDate, sizeBytes: 0, envelope, labels: new Set(), isUnreadable: true };
}
