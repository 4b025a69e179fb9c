import type { FetchQueryObject, ImapFlow } from "imapflow";
import type { MessageHeader } from "../catch-up/decide.ts";
import { isRefusal } from "./client-uids.ts";
import { MAX_HEADER_BYTES } from "./header-envelope.ts";
import { type IdentifiedRow, toHeader, toHeaderOfBytes } from "./message-header.ts";

interface FetchDeps {
  client: ImapFlow;
  /** Called for each row: the server lives. */
  alive(): void;
}

/**
 * What `toValue` makes of the first row of each of these messages that it takes. A server may report changed flags
 * meanwhile, in rows of its own (RFC 9051, 7.5.2), and some leave out the UID: it is known where one message was
 * asked for.
 */
export async function fetchRows<T extends object>(
  { client, alive }: FetchDeps,
  uids: readonly number[],
  query: FetchQueryObject,
  toValue: (row: IdentifiedRow) => T | undefined,
): Promise<Map<number, T>> {
  const asked = new Set(uids);
  const values = new Map<number, T>();
  for await (const row of client.fetch(uids.join(","), query, { uid: true })) {
    alive();
    const uid = row.uid || (uids.length === 1 ? uids[0] : undefined);
    if (uid === undefined || !asked.has(uid) || values.has(uid)) continue;
    const value = toValue({ ...row, uid });
    if (value) values.set(uid, value);
  }
  return values;
}

const KNOWN = { uid: true, internalDate: true, size: true, labels: true };
const BYTES = [{ key: "HEADER", maxLength: MAX_HEADER_BYTES }];

/**
 * Headers by ascending UID: from ENVELOPE, else from the bytes of the header. A subject can make ENVELOPE a line that
 * nobody can read (DBMail does not escape its quotes).
 */
export async function fetchHeaderRows(
  deps: FetchDeps,
  uids: readonly number[],
  { avoidEnvelope = false }: { avoidEnvelope?: boolean },
): Promise<MessageHeader[]> {
  const rows = avoidEnvelope
    ? undefined
    : await fetchRows(deps, uids, { ...KNOWN, envelope: true }, toHeader).catch(ifRefused);
  const headers = rows ?? new Map<number, MessageHeader>();
  const missing = uids.filter((uid) => !headers.has(uid));
  if (missing.length > 0) {
    const others = fetchRows(deps, missing, { ...KNOWN, bodyParts: BYTES }, toHeaderOfBytes);
    const found = await (rows ? others.catch(ifRefused) : others);
    for (const [uid, header] of found ?? []) headers.set(uid, header);
  }
  return [...headers.values()].toSorted((a, b) => a.uid - b.uid);
}

function ifRefused(error: unknown): undefined {
  if (!isRefusal(error)) throw error;
}
