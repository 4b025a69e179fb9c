export interface ListedMailbox {
  path: string;
  /** `\All`, `\Sent`, `\Inbox` … (RFC 6154); absent where the server names none. */
  specialUse?: string | undefined;
}

/** The mailbox a session watches. */
export interface ChosenMailbox {
  path: string;
  /** True for `\All`, which also holds drafts and sent mail. */
  holdsAllMail: boolean;
}

/** `\All` where the server itself says which it is (Gmail's All Mail), else INBOX, which every account has. */
export function chooseMailbox(mailboxes: readonly ListedMailbox[]): ChosenMailbox {
  const all = mailboxes.find((mailbox) => mailbox.specialUse === "\\All");
  return all ? { path: all.path, holdsAllMail: true } : { path: "INBOX", holdsAllMail: false };
}
