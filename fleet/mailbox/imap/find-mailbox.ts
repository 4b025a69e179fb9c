import type { Log } from "../../../shared/log.ts";
import { chooseMailbox, type ChosenMailbox, INBOX } from "./choose-mailbox.ts";
import { ImapError } from "./imap-error.ts";
import type { ImapConnection } from "./imap-connection.ts";

/** The mailbox to watch. INBOX where the server shows All Mail and refuses to open it. */
export async function findMailbox(
  { log }: { log: Log },
  connection: ImapConnection,
  userId: string,
): Promise<ChosenMailbox> {
  const chosen = chooseMailbox(await connection.list(), connection);
  if (!chosen.holdsAllMail) return chosen;
  try {
    await connection.examine(chosen.path);
    return chosen;
  } catch (error) {
    // What is only so for now ends the session, and the next one tries again.
    const isRefused = error instanceof ImapError && error.failure.reason === "command_refused";
    if (!isRefused) throw error;
    log.warn("mailbox.all_mail_refused", { user_id: userId });
    return INBOX;
  }
}
