import { encodeBase62 } from "./base62.ts";
import { digest } from "./digest.ts";

/** The prefix of an id. It shows the kind of row, for example in a log. */
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
  | "flt"
  | "ses"
  | "tok"
  | "psk";

/**
 * Creates an id: the prefix and 22 characters of base62, which encode 48 bits of time (ms) and 80
 * random bits. Ids sort by creation time. Create a row's id before you seal its secrets: sealing
 * needs the id.
 */
export function newId(prefix: IdPrefix, nowMs: number = Date.now()): string {
  return idAt(prefix, nowMs, crypto.getRandomValues(new Uint8Array(16)));
}

/** Returns the smallest id that can be created at this time, to limit a list of ids by time. */
export const firstIdAt = (prefix: IdPrefix, atMs: number): string =>
  idAt(prefix, atMs, new Uint8Array(16));

function idAt(prefix: IdPrefix, atMs: number, bytes: Uint8Array<ArrayBuffer>): string {
  new DataView(bytes.buffer).setUint32(0, Math.floor(atMs / 2 ** 16));
  new DataView(bytes.buffer).setUint16(4, atMs % 2 ** 16);
  return `${prefix}_${encodeBase62(bytes)}`;
}

/**
 * Identifies one mail permanently. A UID has a meaning only within its mailbox and UIDVALIDITY (RFC
 * 9051, 2.3.1.1).
 */
export interface MailIdentity {
  userId: string;
  /** The number of the mail account among the accounts that the user has had; 0 for the first. */
  accountEpoch: number;
  mailbox: string;
  uidValidity: number;
  uid: number;
}

/**
 * Returns the event id of a mail: its message id in NATS, its `webhook-id` header and its key in
 * mail_logs. Each reading of the mail gives the same id, also after a crash or by another instance.
 * The id contains no dot, because dots separate the parts of `signedContent()`.
 */
export function computeEventId(mail: MailIdentity): string {
  const { userId, accountEpoch, mailbox, uidValidity, uid } = mail;
  const epoch = accountEpoch === 0 ? [] : [accountEpoch];
  const name = JSON.stringify([userId, mailbox, uidValidity, uid, ...epoch]);
  return `evt_${encodeBase62(digest("sha256", name).subarray(0, 20))}`;
}
