import type { ServerAccount } from "../accounts/account.ts";
import type { ImapCommand, StatusItem } from "../parsing/command.ts";
import type { Mailbox } from "../accounts/mailbox.ts";
import { MailboxView } from "../sessions/mailbox-view.ts";
import { type Completion, completed, type Session } from "../sessions/session.ts";
import { imapString } from "../sessions/wire.ts";

const NO_SUCH_MAILBOX = "NO [NONEXISTENT] No such mailbox";
const FLAGS = "\\Answered \\Flagged \\Deleted \\Seen \\Draft";

/** Executes SELECT and EXAMINE. A failure leaves no mailbox selected (RFC 3501, section 6.3.1). */
export function select(
  session: Session,
  account: ServerAccount,
  command: ImapCommand & { name: "SELECT" | "EXAMINE" },
): Completion {
  const mailbox = account.find(command.mailbox);
  session.enter({ kind: "authenticated", account });
  if (!mailbox) return completed(NO_SUCH_MAILBOX);

  const readOnly = command.name === "EXAMINE";
  const view = new MailboxView(mailbox, readOnly);
  session.enter({ kind: "selected", account, view });
  session.send(`* FLAGS (${FLAGS})`);
  session.send(`* OK [PERMANENTFLAGS (${readOnly ? "" : `${FLAGS} \\*`})] Flags that last`);
  session.send(`* ${view.size} EXISTS`);
  session.send("* 0 RECENT");
  const firstUnseen = mailbox.messages.findIndex(({ flags }) => !flags.has("\\Seen"));
  if (firstUnseen !== -1) session.send(`* OK [UNSEEN ${firstUnseen + 1}] First unseen`);
  session.send(`* OK [UIDVALIDITY ${mailbox.uidValidity}] UIDs valid`);
  session.send(`* OK [UIDNEXT ${mailbox.uidNext}] Predicted next UID`);
  return completed(`OK [${readOnly ? "READ-ONLY" : "READ-WRITE"}] ${command.name} completed`);
}

export function unselect(session: Session, account: ServerAccount): Completion {
  session.enter({ kind: "authenticated", account });
  return completed("OK UNSELECT completed");
}

export function create(
  account: ServerAccount,
  command: ImapCommand & { name: "CREATE" },
): Completion {
  const name = command.mailbox.replace(/\/$/, "");
  if (name === "" || account.find(name))
    return completed("NO [ALREADYEXISTS] Mailbox already exists");
  account.openOrCreate(name);
  return completed("OK CREATE completed");
}

export function status(
  session: Session,
  account: ServerAccount,
  command: ImapCommand & { name: "STATUS" },
): Completion {
  const mailbox = account.find(command.mailbox);
  if (!mailbox) return completed(NO_SUCH_MAILBOX);
  const items = command.items.map((item) => `${item} ${statusNumber(mailbox, item)}`);
  session.send(`* STATUS ${imapString(mailbox.name)} (${items.join(" ")})`);
  return completed("OK STATUS completed");
}

function statusNumber(mailbox: Mailbox, item: StatusItem): number {
  switch (item) {
    case "MESSAGES":
      return mailbox.messages.length;
    case "RECENT":
      return 0;
    case "UIDNEXT":
      return mailbox.uidNext;
    case "UIDVALIDITY":
      return mailbox.uidValidity;
    case "UNSEEN":
      return mailbox.messages.filter(({ flags }) => !flags.has("\\Seen")).length;
  }
}
