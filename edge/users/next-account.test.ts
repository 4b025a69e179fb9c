import { expect, test } from "vitest";
import type { UserAccount } from "../../db/users/user-accounts.ts";
import type { AccountName } from "./account-name.ts";
import { type AccountHistory, nextAccount } from "./next-account.ts";

const now = new Date("2026-11-22T12:00:00Z");
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

const ann: AccountName = { loginHash: "ann", server: "" };
const bob: AccountName = { loginHash: "bob", server: "" };
const eve: AccountName = { loginHash: "eve", server: "" };
const moved: AccountName = { loginHash: "ann", server: "mail.x.test:993" };

const was = (name: AccountName, epoch: number, watchFrom: Date | null = null): UserAccount => ({
  ...name,
  epoch,
  watchFrom,
});
const read = { lastMailAt: daysAgo(5) };
const onlyAnn: AccountHistory = { accounts: [was(ann, 0)], epoch: 0, progress: read };
const annThenBob: AccountHistory = {
  accounts: [was(ann, 0), was(bob, 1, daysAgo(3))],
  epoch: 1,
  progress: read,
};
const bobUnread: AccountHistory = { ...annThenBob, progress: null };
const unnamed: AccountHistory = { accounts: [], epoch: 0, progress: read };

const cases: [what: string, AccountHistory, AccountName, UserAccount | null][] = [
  ["the first one", { ...unnamed, progress: null }, ann, was(ann, 0)],
  ["the same again", onlyAnn, ann, null],
  ["the same again, never read", { ...onlyAnn, progress: null }, ann, null],
  ["another login", onlyAnn, bob, was(bob, 1, now)],
  [
    "another login, when the first was never read",
    { ...onlyAnn, progress: null },
    bob,
    was(bob, 1),
  ],
  ["the third one", annThenBob, eve, was(eve, 2, now)],
  ["another login, when the second was never read", bobUnread, eve, was(eve, 2, daysAgo(3))],
  ["the first once more", annThenBob, ann, was(ann, 0, daysAgo(30))],
  ["the first once more, when the second was never read", bobUnread, ann, was(ann, 0, daysAgo(30))],
  ["the same login elsewhere", onlyAnn, moved, was(moved, 1, daysAgo(7))],
  [
    "the same login elsewhere, without a mail yet",
    { ...onlyAnn, progress: { lastMailAt: null } },
    moved,
    was(moved, 1),
  ],
  [
    "the same login elsewhere, soon after it came",
    { ...onlyAnn, accounts: [was(ann, 0, daysAgo(6))] },
    moved,
    was(moved, 1, daysAgo(6)),
  ],
  ["one after a login that nobody noted", unnamed, ann, was(ann, 1, daysAgo(7))],
  [
    "the second once more, after the third",
    { accounts: [was(ann, 0), was(bob, 1), was(eve, 2)], epoch: 2, progress: read },
    bob,
    was(bob, 1, daysAgo(30)),
  ],
  [
    "a fourth one after the first came back",
    { accounts: [was(ann, 0), was(bob, 1), was(eve, 2)], epoch: 0, progress: read },
    { loginHash: "joe", server: "" },
    was({ loginHash: "joe", server: "" }, 3, now),
  ],
];

test.each(cases)("nextAccount() knows %s", (_what, history, name, expected) => {
  expect(nextAccount(history, name, now)).toEqual(expected);
});
