import { expect, test } from "vitest";
import { chooseMailbox, type ListedMailbox } from "./choose-mailbox.ts";

const listed = (path: string, ...flags: string[]): ListedMailbox => ({
  path,
  flags: new Set(flags),
});
const inbox = listed("INBOX", "\\HasNoChildren");

const allMail = (...flags: string[]) => listed("[Gmail]/All Mail", ...flags);
const gmail = { hasLabels: true };

const cases: [name: string, mailboxes: ListedMailbox[], path: string, holdsAllMail: boolean][] = [
  ["takes INBOX where there is nothing else", [inbox], "INBOX", false],
  ["takes INBOX even when the list does not show it", [], "INBOX", false],
  ["takes All Mail by its special use", [inbox, allMail("\\All")], "[Gmail]/All Mail", true],
  [
    "finds All Mail in any language",
    [inbox, listed("[Gmail]/Alle Nachrichten", "\\All")],
    "[Gmail]/Alle Nachrichten",
    true,
  ],
  ["finds All Mail in any case", [inbox, allMail("\\ALL")], "[Gmail]/All Mail", true],
  ["does not take what cannot be opened", [inbox, allMail("\\All", "\\NoSelect")], "INBOX", false],
  ["does not take what is not there", [inbox, allMail("\\NonExistent", "\\All")], "INBOX", false],
  ["does not take a mailbox for its name alone", [inbox, listed("All Mail")], "INBOX", false],
];

test.each(cases)("chooseMailbox() %s", (_name, mailboxes, path, holdsAllMail) => {
  expect(chooseMailbox(mailboxes, gmail)).toEqual({ path, name: path, holdsAllMail });
});

test("chooseMailbox() returns INBOX if no labels separate new mail from sent mail", () => {
  const proton = [inbox, listed("All Mail", "\\All")];
  expect(chooseMailbox(proton, { hasLabels: false })).toMatchObject({ path: "INBOX" });
});
