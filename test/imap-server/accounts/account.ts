import type { MailStore } from "./mail-store.ts";
import { Mailbox, type SpecialUse } from "./mailbox.ts";

export interface AccountSettings {
  login: string;
  password: string;
  /** The address that mail for the account is sent to. */
  address: string;
}

/** The values that are the same for all accounts of a server. */
export interface AccountPlace {
  store: MailStore;
  /** The UIDVALIDITY of mailboxes that the store does not contain yet. */
  freshUidValidity: number;
  gmail: boolean;
}

export const ALL_MAIL = "[Gmail]/All Mail";

const PLAIN_MAILBOXES: [name: string, specialUse?: SpecialUse][] = [
  ["INBOX"],
  ["Drafts", "\\Drafts"],
  ["Junk", "\\Junk"],
  ["Sent", "\\Sent"],
  ["Trash", "\\Trash"],
];

const GMAIL_MAILBOXES: [name: string, specialUse?: SpecialUse][] = [
  ["INBOX"],
  [ALL_MAIL, "\\All"],
  ["[Gmail]/Drafts", "\\Drafts"],
  ["[Gmail]/Sent Mail", "\\Sent"],
  ["[Gmail]/Spam", "\\Junk"],
  ["[Gmail]/Starred", "\\Flagged"],
  ["[Gmail]/Trash", "\\Trash"],
];

/** A mail account and its mailboxes. */
export class ServerAccount {
  readonly login: string;
  readonly address: string;
  readonly isGmail: boolean;
  password: string;
  readonly mailboxes = new Map<string, Mailbox>();
  readonly #store: MailStore;
  readonly #freshUidValidity: number;

  constructor(settings: AccountSettings, place: AccountPlace) {
    this.login = settings.login;
    this.password = settings.password;
    this.address = settings.address;
    this.isGmail = place.gmail;
    this.#store = place.store;
    this.#freshUidValidity = place.freshUidValidity;
    const initial = place.gmail ? GMAIL_MAILBOXES : PLAIN_MAILBOXES;
    for (const [name, specialUse] of initial) this.#open(name, specialUse);
    for (const name of place.store.mailboxNames(settings.address)) this.openOrCreate(name);
  }

  /** Finds a mailbox by its name. The case of INBOX does not matter (RFC 3501, section 5.1). */
  find(mailbox: string): Mailbox | undefined {
    return this.mailboxes.get(canonicalName(mailbox));
  }

  openOrCreate(mailbox: string): Mailbox {
    return this.find(mailbox) ?? this.#open(mailbox, undefined);
  }

  #open(name: string, specialUse: SpecialUse | undefined): Mailbox {
    const store = this.#store.open(this.address, name);
    const mailbox = new Mailbox({ name, specialUse }, this.#freshUidValidity, store);
    this.mailboxes.set(name, mailbox);
    return mailbox;
  }
}

function canonicalName(mailbox: string): string {
  return mailbox.toUpperCase() === "INBOX" ? "INBOX" : mailbox;
}
