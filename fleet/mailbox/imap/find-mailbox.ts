import type { Log } from "../../../shared/log.ts";
import { chooseMailbox, type ChosenMailbox, INBOX, type ListedMailbox } from "./choose-mailbox.ts";
import { ImapError } from "./failures/imap-error.ts";
import type { ImapConnection } from "./imap-connection.ts";

/** Counts how often opening All Mail has failed in a row, across all sessions of the user. */
export interface MailboxMemory {
  allMailFailures: number;
}

/**
 * When opening All Mail has failed this many times in a row, the next session watches INBOX. The
 * session after that tries All Mail again.
 */
const MAX_FAILURES = 3;

/**
 * Returns the mailbox to watch: Gmail's All Mail, otherwise INBOX. Also returns INBOX if Gmail
 * refuses to list mailboxes or to open All Mail. The same applies if opening All Mail failed
 * several times.
 */
export async function findMailbox(
  { log }: { log: Log },
  connection: ImapConnection,
  user: { userId: string; memory: MailboxMemory },
): Promise<ChosenMailbox> {
  const { userId, memory } = user;
  // Only Gmail's labels make another mailbox than INBOX useful, so no other server is asked.
  if (!connection.hasLabels) return INBOX;
  const chosen = chooseMailbox(await listMailboxes(connection), connection);
  if (!chosen.holdsAllMail) return chosen;
  if (memory.allMailFailures >= MAX_FAILURES) {
    memory.allMailFailures = 0;
    log.warn("mailbox.all_mail_refused", { user_id: userId });
    return INBOX;
  }
  try {
    await connection.examine(chosen.path);
    memory.allMailFailures = 0;
    return chosen;
  } catch (error) {
    if (!isRefused(error)) {
      memory.allMailFailures++;
      throw error;
    }
    log.warn("mailbox.all_mail_refused", { user_id: userId });
    return INBOX;
  }
}

/**
 * Lists the mailboxes. If the server refuses, returns an empty list. Every account has INBOX, even
 * if it is not listed (RFC 9051, 5.1).
 */
async function listMailboxes(connection: ImapConnection): Promise<ListedMailbox[]> {
  try {
    return await connection.list();
  } catch (error) {
    if (isRefused(error)) return [];
    throw error;
  }
}

const isRefused = (error: unknown) =>
  error instanceof ImapError && error.failure.reason === "command_refused";
