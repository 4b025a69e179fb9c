import type { ServerAccount } from "../accounts/account.ts";
import type { ImapCommand } from "../parsing/command.ts";
import type { MailboxView } from "../sessions/mailbox-view.ts";
import { holdsNumber, type SequenceSet } from "../parsing/sequence-set.ts";
import { type Completion, completed, type Session } from "../sessions/session.ts";

/**
 * Executes EXPUNGE and UID EXPUNGE (RFC 4315). The client is notified of the removals together with
 * other updates, before the completion.
 */
export function expunge(view: MailboxView, command: ImapCommand & { name: "EXPUNGE" }): Completion {
  if (view.readOnly) return completed("NO The mailbox is selected read-only");
  removeDeleted(view, command.uids);
  return completed("OK EXPUNGE completed");
}

/**
 * Executes CLOSE: removes mail like EXPUNGE, but sends no notifications. Afterwards no mailbox is
 * selected.
 */
export function close(session: Session, account: ServerAccount, view: MailboxView): Completion {
  if (!view.readOnly) removeDeleted(view, undefined);
  session.enter({ kind: "authenticated", account });
  return completed("OK CLOSE completed");
}

function removeDeleted(view: MailboxView, uids: SequenceSet | undefined): void {
  const deleted = [...view.all()].filter(({ message }) => {
    return (
      message.flags.has("\\Deleted") && (!uids || holdsNumber(uids, message.uid, view.largestUid))
    );
  });
  view.mailbox.expunge(new Set(deleted.map(({ message }) => message.uid)));
}
