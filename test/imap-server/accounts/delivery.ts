import { randomBytes } from "node:crypto";
import { ALL_MAIL, type ServerAccount } from "./account.ts";
import type { NewMessage } from "./message.ts";

export interface DeliveryOptions {
  /**
   * The name of a mailbox, which is created if it does not exist. Default: INBOX. Gmail's default:
   * Spam or Trash for a mail with the label `\Spam` or `\Trash`, otherwise All Mail.
   */
  mailbox?: string;
  /** Default: now. Stored with a precision of seconds, as in IMAP. */
  internalDate?: Date;
  flags?: string[];
  /**
   * The labels of the mail, only for Gmail accounts: `\Inbox`, `\Sent` …, or names of mailboxes.
   * Default: the label of `mailbox`, or `\Inbox` if `mailbox` is All Mail.
   */
  labels?: string[];
}

export interface Delivered {
  uid: number;
  uidValidity: number;
}

/** For each system label of Gmail, the mailbox that contains the mails with this label. */
const LABEL_MAILBOXES = new Map([
  ["\\Inbox", "INBOX"],
  ["\\Draft", "[Gmail]/Drafts"],
  ["\\Sent", "[Gmail]/Sent Mail"],
  ["\\Starred", "[Gmail]/Starred"],
  ["\\Spam", "[Gmail]/Spam"],
  ["\\Trash", "[Gmail]/Trash"],
]);

/** Gmail stores mail with these labels in the label's own mailbox, not in All Mail. */
const HIDDEN_LABELS = ["\\Spam", "\\Trash"];

/**
 * Delivers a mail to `options.mailbox` or its default. In a Gmail account, also adds the mail to
 * the mailboxes of its labels, and to All Mail if it has no label of HIDDEN_LABELS.
 */
export function deliverRaw(
  account: ServerAccount,
  raw: Uint8Array,
  options: DeliveryOptions = {},
): Delivered {
  if (account.isGmail) return deliverLabelled(account, raw, options);
  return deliverInto(account, options.mailbox ?? "INBOX", newMessage(raw, options));
}

function deliverLabelled(
  account: ServerAccount,
  raw: Uint8Array,
  options: DeliveryOptions,
): Delivered {
  const labels = options.labels ?? [mailboxLabel(options.mailbox ?? "INBOX") ?? "\\Inbox"];
  const hidden = HIDDEN_LABELS.find((label) => labels.includes(label));
  const home = hidden === undefined ? ALL_MAIL : labelMailbox(hidden);
  const mailbox = options.mailbox ?? home;
  const others = new Set([home, ...labels.map(labelMailbox)]);
  others.delete(mailbox);

  const messageId = randomBytes(8).readBigUInt64BE().toString();
  const message = {
    ...newMessage(raw, options),
    gmail: { messageId, threadId: messageId, labels },
  };
  for (const other of others) deliverInto(account, other, message);
  return deliverInto(account, mailbox, message);
}

/** Returns the label of a mailbox; undefined for All Mail, which has none. */
export function mailboxLabel(mailbox: string): string | undefined {
  if (mailbox === ALL_MAIL) return undefined;
  for (const [label, name] of LABEL_MAILBOXES) if (name === mailbox) return label;
  return mailbox;
}

function labelMailbox(label: string): string {
  return LABEL_MAILBOXES.get(label) ?? label;
}

function newMessage(
  raw: Uint8Array,
  { internalDate = new Date(), flags = [] }: DeliveryOptions,
): NewMessage {
  const wholeSeconds = Math.floor(internalDate.getTime() / 1_000) * 1_000;
  return { raw, internalDate: wholeSeconds, flags: new Set(flags) };
}

function deliverInto(account: ServerAccount, name: string, message: NewMessage): Delivered {
  const mailbox = account.openOrCreate(name);
  const { uid } = mailbox.append({ ...message, flags: new Set(message.flags) });
  return { uid, uidValidity: mailbox.uidValidity };
}
