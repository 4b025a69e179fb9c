export interface ListedMailbox {
  path: string;
  /** What the server says of it: `\All`, `\Sent`, `\HasChildren` … (RFC 9051, 7.3.1; RFC 6154). */
  flags: ReadonlySet<string>;
}

/** The mailbox a session watches. */
export interface ChosenMailbox {
  path: string;
  /**
   * What event ids, cursors and logs call it: the path that it was first watched under. Gmail's All Mail has another
   * path in another language, and stays the same mailbox.
   */
  name: string;
  /** True for `\All`, which also holds drafts and sent mail. */
  holdsAllMail: boolean;
}

/** Every account has it (RFC 9051, 5.1). */
export const INBOX: ChosenMailbox = { path: "INBOX", name: "INBOX", holdsAllMail: false };

/**
 * Gmail's All Mail, else INBOX. Other servers have a mailbox with the attribute `\All`, too (Proton Bridge,
 * Dovecot's virtual mailboxes): only Gmail's labels tell new mail in it from drafts, sent mail and spam.
 *
 * @param server.hasLabels Whether it has Gmail's labels (X-GM-EXT-1).
 */
export function chooseMailbox(
  mailboxes: readonly ListedMailbox[],
  server: { hasLabels: boolean },
): ChosenMailbox {
  const all = server.hasLabels
    ? mailboxes.find((one) => isAllMail(one) && isNamed(one))
    : undefined;
  return all ? { path: all.path, name: all.path, holdsAllMail: true } : INBOX;
}

const MAX_NAME_LENGTH = 1_000;

/** A name that can be written down. */
const isNamed = ({ path }: ListedMailbox) => path.length <= MAX_NAME_LENGTH && !path.includes("\0");

/** Attributes are case-insensitive (RFC 9051, 7.3.1). */
function isAllMail({ flags }: ListedMailbox): boolean {
  const attributes = new Set([...flags].map((flag) => flag.toLowerCase()));
  const canBeOpened = !attributes.has("\\noselect") && !attributes.has("\\nonexistent");
  return attributes.has("\\all") && canBeOpened;
}
