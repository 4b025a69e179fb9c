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
export interface Refetches {
  add(mails: readonly LostMail[]): void;
  takeAll(): LostMail[];
  /** Aborts when there are mails to publish again. After `takeAll()`, this is a new signal. */
  readonly waiting: AbortSignal;
}

/** Creates an empty list of mails to publish again. */
export function createRefetches(): Refetches {
  let lost = new Map<string, LostMail>();
  let waiting = new AbortController();
  return {
    get waiting() {
      return waiting.signal;
    },
    add(mails) {
      for (const mail of mails) lost.set(mail.eventId, mail);
      if (lost.size > 0) waiting.abort();
    },
    takeAll() {
      const taken = [...lost.values()];
      lost = new Map();
      if (waiting.signal.aborted) waiting = new AbortController();
      return taken;
    },
  };
}
