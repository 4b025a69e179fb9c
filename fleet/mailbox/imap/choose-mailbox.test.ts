import { expect, test } from "vitest";
import { chooseMailbox, type ListedMailbox } from "./choose-mailbox.ts";

const listed = (path: string, ...flags: string[]): ListedMailbox => ({
  path,
  flags: new Set(flags),
});
const inbox = listed("INBOX", "\\HasNoChildren");

const cases: [name: string, mailboxes: ListedMailbox[], path: string, holdsAllMail: boolean][] = [
  ["takes INBOX where there is nothing else", [inbox], "INBOX", false],
  ["takes INBOX even when the list does not show it", [], "INBOX", false],
  [
    "takes All Mail by its special use",
    [inbox, listed("[Gmail]/All Mail", "\\All")],
    "[Gmail]/All Mail",
    true,
  ],
  [
    "finds All Mail in any language",
    [inbox, listed("[Gmail]/Alle Nachrichten", "\\All")],
    "[Gmail]/Alle Nachrichten",
    true,
  ],
  ["does not take a mailbox for its name alone", [inbox, listed("All Mail")], "INBOX", false],
];

test.each(cases)("chooseMailbox() %s", (_name, mailboxes, path, holdsAllMail) => {
  expect(chooseMailbox(mailboxes)).toEqual({ path, holdsAllMail });
});
