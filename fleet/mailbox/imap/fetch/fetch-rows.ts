import type { FetchQueryObject, ImapFlow } from "imapflow";
import type { MessageHeader } from "./message-header.ts";
import { isNoOrBad } from "../client-uids.ts";
import { MAX_HEADER_BYTES } from "./header-envelope.ts";
import { type IdentifiedRow, toHeader, toHeaderOfBytes } from "./message-header.ts";

/**
 * Returns one value per message: the first result of `toValue` that is not undefined. A server may
 * send rows that only report changed flags at any time (RFC 9051, 7.5.2). For such rows, `toValue`
 * returns undefined.
 *
 * Some servers leave out the UID. If only one message was asked for, its UID is used.
 */
export async function fetchRows<T extends object>(
  client: ImapFlow,
  uids: readonly number[],
  query: FetchQueryObject,
  toValue: (row: IdentifiedRow) => T | undefined,
): Promise<Map<number, T>> {
  const asked = new Set(uids);
  const values = new Map<number, T>();
  for await (const row of client.fetch(uids.join(","), query, { uid: true })) {
    const uid = row.uid || (uids.length === 1 ? uids[0] : undefined);
    if (uid === undefined || !asked.has(uid) || values.has(uid)) continue;
    const value = toValue({ ...row, uid });
    if (value) values.set(uid, value);
  }
  return values;
}

const KNOWN = { uid: true, internalDate: true, size: true, labels: true };
const BEGINNING = [{ key: "HEADER", maxLength: MAX_HEADER_BYTES }];

/**
 * Fetches headers, and returns them by ascending UID. Tries ENVELOPE first, because some servers
 * cannot send only the beginning of a header. If ENVELOPE is unreadable, fetches the beginning of
 * the header. A subject can cause this: DBMail does not escape quotes in ENVELOPE.
 */
export async function fetchHeaderRows(
  client: ImapFlow,
  uids: readonly number[],
  { avoidEnvelope = false }: { avoidEnvelope?: boolean },
): Promise<MessageHeader[]> {
  const server = { hasLabels: client.capabilities.has("X-GM-EXT-1") };
  const ofEnvelope = (row: IdentifiedRow) => toHeader(row, server);
  const ofBytes = (row: IdentifiedRow) => toHeaderOfBytes(row, server);
  const byEnvelope = { query: { ...KNOWN, envelope: true }, toValue: ofEnvelope };
  const ways = [
    ...(avoidEnvelope ? [] : [byEnvelope]),
    { query: { ...KNOWN, bodyParts: BEGINNING }, toValue: ofBytes },
    { query: { ...KNOWN, headers: true }, toValue: ofBytes },
    // An unreadable INTERNALDATE or RFC822.SIZE makes the row unreadable. So this query asks for
    // neither.
    { query: { uid: true, labels: true, headers: true }, toValue: ofBytes },
  ];
  const headers = new Map<number, MessageHeader>();
  let refusal: Error | undefined;
  for (const { query, toValue } of ways) {
    const missing = uids.filter((uid) => !headers.has(uid));
    if (missing.length === 0) break;
    try {
      for (const [uid, header] of await fetchRows(client, missing, query, toValue))
        headers.set(uid, header);
    } catch (error) {
      if (!isNoOrBad(error)) throw error;
      refusal = error;
    }
  }
  if (refusal !== undefined && headers.size === 0) throw refusal;
  return [...headers.values()].toSorted((a, b) => a.uid - b.uid);
}
