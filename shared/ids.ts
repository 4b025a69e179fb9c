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
  | "idk";

/**
 * A new id: the prefix, then 22 characters of base62 over 48 bits of time (ms) and 80 random bits,
 * so that ids made later sort later. Made before the insert, since a sealed secret is bound to its row.
 */
export function newId(prefix: IdPrefix, nowMs: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  new DataView(bytes.buffer).setUint32(0, Math.floor(nowMs / 2 ** 16));
  new DataView(bytes.buffer).setUint16(4, nowMs % 2 ** 16);
  return `${prefix}_${encodeBase62(bytes)}`;
}

/** Names one mail for ever: a UID means nothing without its mailbox and UIDVALIDITY (RFC 9051, 2.3.1.1). */
export interface MailIdentity {
  userId: string;
  mailbox: string;
  uidValidity: number;
  uid: number;
}

/**
 * The event id of a mail: the same after a crash, a hand-over and a replay. It is the message id in
 * NATS, the `webhook-id` header (and so has no dot) and the key of mail_logs.
 */
export async function eventIdOf(mail: MailIdentity): Promise<string> {
  const name = JSON.stringify([mail.userId, mail.mailbox, mail.uidValidity, mail.uid]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(name));
  return `evt_${encodeBase62(new Uint8Array(digest, 0, 20))}`;
}
