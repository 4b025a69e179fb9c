import type { ImapCommand } from "../parsing/command.ts";
import type { MailboxView } from "../sessions/mailbox-view.ts";
import { matchesSearch } from "../messages/search.ts";
import { type Completion, completed, type Session } from "../sessions/session.ts";

const CHARSETS = ["US-ASCII", "UTF-8"];

export function search(
  session: Session,
  view: MailboxView,
  command: ImapCommand & { name: "SEARCH" },
): Completion {
  if (!CHARSETS.includes(command.charset)) {
    return completed(`NO [BADCHARSET (${CHARSETS.join(" ")})] Charset not supported`);
  }
  const largest = { sequence: view.size, uid: view.largestUid };
  const found: number[] = [];
  for (const numbered of view.all()) {
    if (!matchesSearch(command.key, numbered, largest)) continue;
    found.push(command.answer === "uid" ? numbered.message.uid : numbered.sequence);
  }
  session.send(["* SEARCH", ...found].join(" "));
  return completed("OK SEARCH completed");
}
