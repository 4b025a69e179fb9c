export interface ListedMailbox {
  path: string;
  /** What the server says of it: `\All`, `\Sent`, `\HasChildren` … (RFC 9051, 7.3.1; RFC 6154). */
  flags: ReadonlySet<string>;
}

/** The mailbox a session watches. */
export interface ChosenMailbox {
  path: string;
  /** True for `\All`, which also holds drafts and sent mail. */
  holdsAllMail: boolean;
}

/** `\All` where the server itself says which it is (Gmail's All Mail), else INBOX, which every account has. */
export function chooseMailbox(mailboxes: readonly ListedMailbox[]): ChosenMailbox {
  const all = mailboxes.find(({ flags }) => flags.has("\\All"));
  return all ? { path: all.path, holdsAllMail: true } : { path: "INBOX", holdsAllMail: false };
}
