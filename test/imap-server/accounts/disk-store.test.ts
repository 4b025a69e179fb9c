import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { diskStore } from "./disk-store.ts";
import { Mailbox } from "./mailbox.ts";
import type { MailboxStore } from "./mail-store.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "disk-store-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const ADDRESS = "alice@example.com";
const folder = () => join(directory, "alice%40example%2Ecom", "INBOX");
const files = () => readdirSync(folder(), { recursive: true }).map(String).toSorted();
const open = (store: MailboxStore) => new Mailbox({ name: "INBOX" }, 5, store);
const openOnDisk = () => open(diskStore(directory).open(ADDRESS, "INBOX"));
const mail = () => ({
  raw: Buffer.from("A: b\r\n\r\n"),
  internalDate: 1_000,
  flags: new Set<string>(),
});

test("a mailbox is restored unchanged", () => {
  const mailbox = openOnDisk();
  mailbox.append({ ...mail(), gmail: { messageId: "1", threadId: "2", labels: ["Work"] } });
  mailbox.append(mail());
  mailbox.expunge(new Set([2]));
  const again = openOnDisk();
  expect(again.messages).toEqual(mailbox.messages);
  expect([again.uidValidity, again.uidNext]).toEqual([5, 3]);
});

test("a reset leaves the files of the new UIDVALIDITY only", () => {
  const mailbox = openOnDisk();
  mailbox.append(mail());
  mailbox.append(mail());
  mailbox.expunge(new Set([1]));
  mailbox.resetUidValidity();
  expect(openOnDisk().messages).toEqual(mailbox.messages);
  expect(files()).toEqual(["6", "6/1.eml", "index.json"]);
});

// `work()` writes only nine times. So in the last case, the process is not killed.
test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
  "a process killed after %d writes leaves a consistent mailbox",
  (writes) => {
    openOnDisk().append(mail());
    const mailbox = open(killedAfter(writes, diskStore(directory).open(ADDRESS, "INBOX")));
    const work = () => {
      mailbox.append(mail());
      mailbox.expunge(new Set([1]));
      mailbox.resetUidValidity();
      mailbox.append(mail());
    };
    if (writes < 9) expect(work).toThrow("killed");
    else expect(work).not.toThrow();
    const { uidValidity, uidNext, messages } = openOnDisk();
    expect(
      messages.every(({ uid, raw }) => uid < uidNext && raw.length === mail().raw.length),
    ).toBe(true);
    const expected = [
      "index.json",
      String(uidValidity),
      ...messages.map(({ uid }) => `${uidValidity}/${uid}.eml`),
    ];
    expect(files()).toEqual(expected.toSorted());
  },
);

test("an invalid index is reported, and not overwritten", () => {
  openOnDisk();
  writeFileSync(join(folder(), "index.json"), '{"uid_validity": 0}');
  expect(openOnDisk).toThrow(/Cannot open mailbox index .*: uid_validity: .*; uid_next: /);
});

function killedAfter(writes: number, store: MailboxStore): MailboxStore {
  let left = writes;
  const guarded = <Args extends unknown[]>(write: (...args: Args) => void) => {
    return (...args: Args) => {
      if (left-- === 0) throw new Error("killed");
      write(...args);
    };
  };
  return {
    load: () => store.load(),
    saveMessage: guarded(store.saveMessage),
    removeMessage: guarded(store.removeMessage),
    saveIndex: guarded(store.saveIndex),
  };
}
