/** A recorded mail whose event NATS has lost. */
export interface LostMail {
  mailbox: string;
  uidValidity: number;
  uid: number;
  eventId: string;
  /** The occasion of the publication (see `natsMessageId()`); `lost` if undefined. */
  occasion?: string;
}

/**
 * The mails of one user that must be published again. They are kept until the user's session takes
 * them.
 */
export class Refetches {
  /** By event id; null while there are none. */
  #lost: Map<string, LostMail> | null = null;
  #waiting: AbortController | null = null;

  get isEmpty(): boolean {
    return this.#lost === null;
  }

  add(mails: readonly LostMail[]): void {
    if (mails.length === 0) return;
    this.#lost ??= new Map();
    for (const mail of mails) this.#lost.set(mail.eventId, mail);
    this.#waiting?.abort();
  }

  takeAll(): LostMail[] {
    const taken = [...(this.#lost?.values() ?? [])];
    this.#lost = null;
    this.#waiting = null;
    return taken;
  }

  /** Aborts when there are mails to publish again. After `takeAll()`, this is a new signal. */
  get waiting(): AbortSignal {
    this.#waiting ??= new AbortController();
    if (!this.isEmpty) this.#waiting.abort();
    return this.#waiting.signal;
  }
}
