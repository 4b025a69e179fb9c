import type { FlagChange, ImapCommand } from "../parsing/command.ts";
import { formatFetch } from "../messages/fetch.ts";
import type { FetchItem } from "../parsing/fetch-item.ts";
import type { MailboxView } from "../sessions/mailbox-view.ts";
import { type Completion, completed, type Session } from "../sessions/session.ts";

export function store(
  session: Session,
  view: MailboxView,
  command: ImapCommand & { name: "STORE" },
): Completion {
  if (view.readOnly) return completed("NO The mailbox is selected read-only");
  const { messages, change } = command;
  const items: FetchItem[] = [
    ...(messages.by === "uid" ? [{ name: "UID" as const }] : []),
    { name: "FLAGS" },
  ];
  for (const numbered of view.select(messages)) {
    const { message } = numbered;
    view.mailbox.setFlags(message, changedFlags(message.flags, change));
    view.flagsTold(message.uid);
    if (!change.silent) session.send("* ", ...formatFetch(numbered, items, view.mailbox.name));
  }
  return completed("OK STORE completed");
}

function changedFlags(before: ReadonlySet<string>, { action, flags }: FlagChange): Set<string> {
  switch (action) {
    case "replace":
      return new Set(flags);
    case "add":
      return before.union(new Set(flags));
    case "remove":
      return before.difference(new Set(flags));
  }
}
