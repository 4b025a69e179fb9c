import { MAX_HEADER_BYTES, toHeaderEnvelope } from "../../imap/fetch/header-envelope.ts";
import type { MessageHeader } from "../../imap/fetch/message-header.ts";
import type { FetchedMail } from "../../../imap/fetched-mail.ts";
import type { MailSource } from "./read-batch.ts";

/**
 * Mails that are already in memory. They can be read with the same methods as from a connection.
 */
export class FetchedMails implements MailSource {
  readonly #mails: ReadonlyMap<number, FetchedMail>;
  readonly uidValidity: number;
  /** Never aborts: mails in memory can be read even when the connection is closed. */
  readonly closed: AbortSignal = NEVER;

  constructor(mails: readonly FetchedMail[], uidValidity: number) {
    this.#mails = new Map(mails.map((mail) => [mail.uid, mail]));
    this.uidValidity = uidValidity;
  }

  /** Returns the headers in the order of the mails, which is by ascending UID. */
  get headers(): MessageHeader[] {
    return [...this.#mails.values()].map((mail) => ({
      uid: mail.uid,
      internalDate: mail.internalDate,
      sizeBytes: mail.sizeBytes,
      envelope: toHeaderEnvelope(mail.source.subarray(0, MAX_HEADER_BYTES)),
      labels: new Set(mail.labels),
    }));
  }

  searchUids(first: number, last: number) {
    return Promise.resolve([...this.#mails.keys()].filter((uid) => uid >= first && uid <= last));
  }

  fetchBodies(uids: readonly number[]) {
    return Promise.resolve(this.#collect(uids, ({ source }) => source));
  }

  fetchHeaderField(uids: readonly number[], name: string) {
    return Promise.resolve(this.#collect(uids, ({ source }) => findField(source, name)));
  }

  beginWork() {
    return { isLate: () => false };
  }

  #collect(uids: readonly number[], toPart: (mail: FetchedMail) => Uint8Array | undefined) {
    const parts = new Map<number, Uint8Array>();
    for (const uid of uids) {
      const mail = this.#mails.get(uid);
      const part = mail && toPart(mail);
      if (part) parts.set(uid, part);
    }
    return parts;
  }
}

const NEVER = new AbortController().signal;
const END_OF_HEADER = /\r?\n\r?\n/;

/** Returns the raw lines of a header field (RFC 5322, 2.2), or undefined when the mail has none. */
function findField(source: Uint8Array, name: string): Uint8Array | undefined {
  const text = Buffer.from(
    source.buffer,
    source.byteOffset,
    Math.min(source.length, MAX_HEADER_BYTES),
  );
  const [header = ""] = text.toString("latin1").split(END_OF_HEADER, 1);
  const lines = header.split(/\r?\n(?![ \t])/);
  const start = `${name.toLowerCase()}:`;
  const field = lines.find((line) => line.slice(0, start.length).toLowerCase() === start);
  return field === undefined ? undefined : Buffer.from(`${field}\r\n`, "latin1");
}
