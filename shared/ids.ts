import { encodeBase62 } from "./base62.ts";

/** What a row's id begins with, so that an id met in a log tells what it names. */
export type IdPrefix =
  | "prv"
  | "prt"
  | "key"
  | "con"
  | "usr"
  | "evt"
  | "cmd"
  | "aud"
  | "swp"
  | "lnk"
  | "prg"
  | "idk"
  | "adm"
  | "ses";

/**
 * A new id: the prefix, then 22 characters of base62 over 48 bits of time (ms) and 80 random bits,
 * so that ids made later sort later. Made before the insert, since a sealed secret is bound to its row.
 */
export function newId(prefix: IdPrefix, nowMs: number = Date.now()): string {
  return idAt(prefix, nowMs, crypto.getRandomValues(new Uint8Array(16)));
}

/** The least id that can be made at that time: a list in order of ids can be cut by time. */
export const firstIdAt = (prefix: IdPrefix, atMs: number): string =>
  idAt(prefix, atMs, new Uint8Array(16));

function idAt(prefix: IdPrefix, atMs: number, bytes: Uint8Array<ArrayBuffer>): string {
  new DataView(bytes.buffer).setUint32(0, Math.floor(atMs / 2 ** 16));
  new DataView(bytes.buffer).setUint16(4, atMs % 2 ** 16);
  return `${prefix}_${encodeBase62(bytes)}`;
}

/** Names one mail for ever: a UID means nothing without its mailbox and UIDVALIDITY (RFC 9051, 2.3.1.1). */
export interface MailIdentity {
  userId: string;
  /** Which of the accounts that the user has been; 0 for the first. */
  accountEpoch: number;
  mailbox: string;
  uidValidity: number;
  uid: number;
}

/**
 * The event id of a mail: the same after a crash, a hand-over and a replay. It is the message id in
 * NATS, the `webhook-id` header (and so has no dot) and the key of mail_logs.
 */
export async function eventIdOf(mail: MailIdentity): Promise<string> {
  const { userId, accountEpoch, mailbox, uidValidity, uid } = mail;
  const epoch = accountEpoch === 0 ? [] : [accountEpoch];
  const name = JSON.stringify([userId, mailbox, uidValidity, uid, ...epoch]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(name));
  return `evt_${encodeBase62(new Uint8Array(digest, 0, 20))}`;
}
