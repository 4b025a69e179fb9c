export interface ListedMailbox {
  path: string;
  /**
   * Attributes that the server lists for the mailbox: `\All`, `\Sent`, `\HasChildren` … (RFC 9051,
   * 7.3.1; RFC 6154).
   */
  flags: ReadonlySet<string>;
}

/** The mailbox that a session watches. */
export interface ChosenMailbox {
  path: string;
  /**
   * The mailbox's name in event ids, cursors and logs: the path under which it was first watched.
   * The path may change later. For example, the path of Gmail's All Mail depends on the account's
   * language.
   */
  name: string;
  /** Whether this is Gmail's All Mail, which also holds drafts and sent mail. */
  holdsAllMail: boolean;
}

/** Every account has an INBOX (RFC 9051, 5.1). */
export const INBOX: ChosenMailbox = { path: "INBOX", name: "INBOX", holdsAllMail: false };

/**
 * Returns Gmail's All Mail if the server has it, otherwise INBOX. Other servers also have a mailbox
 * with the attribute `\All` (Proton Bridge, Dovecot's virtual mailboxes). INBOX is used there: only
 * Gmail's labels distinguish new mail in `\All` from drafts, sent mail and spam.
 *
 * @param server.hasLabels Whether the server has Gmail's labels (X-GM-EXT-1).
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

/** Returns whether the path can be stored as text in Postgres. */
const isNamed = ({ path }: ListedMailbox) => path.length <= MAX_NAME_LENGTH && !path.includes("\0");

/**
 * Whether the server marks the mailbox as All Mail and allows clients to open it. Attributes are
 * case-insensitive (RFC 9051, 7.3.1).
 */
function isAllMail({ flags }: ListedMailbox): boolean {
  const attributes = new Set([...flags].map((flag) => flag.toLowerCase()));
  const canBeOpened = !attributes.has("\\noselect") && !attributes.has("\\nonexistent");
  return attributes.has("\\all") && canBeOpened;
}
