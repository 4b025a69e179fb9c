import type { ImapCommand } from "../parsing/command.ts";
import { formatFetch, marksSeen } from "../messages/fetch.ts";
import type { FetchItem } from "../parsing/fetch-item.ts";
import type { MailboxView, NumberedMessage } from "../sessions/mailbox-view.ts";
import { type Completion, completed, type Session } from "../sessions/session.ts";

export async function fetch(
  session: Session,
  view: MailboxView,
  command: ImapCommand & { name: "FETCH" },
): Promise<Completion> {
  const { messages, items } = command;
  // Answers to a UID command always contain UIDs (RFC 3501, section 6.4.8).
  const asked = messages.by === "uid" ? withItem(items, { name: "UID" }) : items;
  const readsMail = !view.readOnly && items.some(marksSeen);
  for (const numbered of view.select(messages)) {
    const isFirstRead = readsMail && !numbered.message.flags.has("\\Seen");
    if (isFirstRead) markSeen(view, numbered);
    const answered = isFirstRead ? withItem(asked, { name: "FLAGS" }) : asked;
    session.send("* ", ...formatFetch(numbered, answered, view.mailbox.name));
    await session.drained();
  }
  return completed("OK FETCH completed");
}

function withItem(items: readonly FetchItem[], item: FetchItem): readonly FetchItem[] {
  return items.some(({ name }) => name === item.name) ? items : [...items, item];
}

function markSeen(view: MailboxView, { message }: NumberedMessage): void {
  view.mailbox.setFlags(message, new Set([...message.flags, "\\Seen"]));
  view.flagsTold(message.uid);
}
