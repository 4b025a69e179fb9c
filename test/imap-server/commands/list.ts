import type { ServerAccount } from "../accounts/account.ts";
import type { ImapCommand } from "../parsing/command.ts";
import { type Completion, completed, type Session } from "../sessions/session.ts";
import { imapString } from "../sessions/wire.ts";

export function list(
  session: Session,
  account: ServerAccount,
  command: ImapCommand & { name: "LIST" },
): Completion {
  const { reference, patterns, onlySpecialUse } = command;
  if (patterns.length === 1 && patterns[0] === "") {
    // The client asks only for the hierarchy delimiter (RFC 3501, section 6.3.8).
    session.send('* LIST (\\Noselect) "/" ""');
    return completed("OK LIST completed");
  }
  for (const { name, attributes } of listedMailboxes(account)) {
    const isWanted = patterns.some((pattern) => matchesPattern(name, reference + pattern));
    if (!isWanted || (onlySpecialUse && !account.find(name)?.specialUse)) continue;
    session.send(`* LIST (${attributes.join(" ")}) "/" ${imapString(name)}`);
  }
  return completed("OK LIST completed");
}

/** Executes LSUB. Every mailbox counts as subscribed. */
export function lsub(
  session: Session,
  account: ServerAccount,
  command: ImapCommand & { name: "LSUB" },
): Completion {
  for (const name of account.mailboxes.keys()) {
    if (!matchesPattern(name, command.reference + command.pattern)) continue;
    session.send(`* LSUB () "/" ${imapString(name)}`);
  }
  return completed("OK LSUB completed");
}

/** Returns all mailboxes, and also the parent folders that are not mailboxes themselves. */
function listedMailboxes(account: ServerAccount): { name: string; attributes: string[] }[] {
  const names = [...account.mailboxes.keys()];
  const parents = names.flatMap((name) => {
    const levels = name.split("/");
    return levels.slice(1).map((_, index) => levels.slice(0, index + 1).join("/"));
  });
  return [...new Set([...names, ...parents])].map((name) => {
    const mailbox = account.find(name);
    const attributes = [parents.includes(name) ? "\\HasChildren" : "\\HasNoChildren"];
    if (!mailbox) attributes.unshift("\\Noselect");
    if (mailbox?.specialUse) attributes.push(mailbox.specialUse);
    return { name, attributes };
  });
}

/**
 * `*` matches any text, and `%` any text without the delimiter `/`. INBOX matches in upper and
 * lower case.
 */
function matchesPattern(name: string, pattern: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  const expression = escaped.replaceAll("*", ".*").replaceAll("%", "[^/]*");
  return new RegExp(`^${expression}$`, name === "INBOX" ? "i" : "").test(name);
}
