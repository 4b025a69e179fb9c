import type { Db } from "../../../db/client.ts";
import { findMailboxName } from "../../../db/mail/cursors.ts";
import type { ChosenMailbox } from "../imap/choose-mailbox.ts";
import type { Account } from "../login/account.ts";

/** Returns the mailbox with the name under which it was first watched, whatever its path is now. */
export async function nameMailbox(
  db: Db,
  { userId, epoch }: Account,
  mailbox: ChosenMailbox,
): Promise<ChosenMailbox> {
  const key = { userId, accountEpoch: epoch, isInbox: !mailbox.holdsAllMail };
  const name = await findMailboxName(db, key);
  // Most users share the object of INBOX.
  return name === null || name === mailbox.name ? mailbox : { ...mailbox, name };
}
