import type { FetchMessageObject } from "imapflow";
import type { MessageHeader } from "../catch-up/decide.ts";
import { toEnvelope } from "./envelope.ts";

/** What imapflow read of a message, in our words. A server that sends no internal date means: now. */
export function toHeader(message: FetchMessageObject): MessageHeader {
  return {
    uid: message.uid,
    internalDate: message.internalDate instanceof Date ? message.internalDate : new Date(),
    sizeBytes: message.size ?? 0,
    envelope: toEnvelope(message.envelope),
    labels: message.labels ?? new Set(),
  };
}

/** Stands for a message whose header cannot be fetched. */
export function unreadableHeader(uid: number, nowMs: number): MessageHeader {
  const envelope = toEnvelope(undefined);
  const internalDate = new Date(nowMs);
  return { uid, internalDate, sizeBytes: 0, envelope, labels: new Set(), isUnreadable: true };
}
