import { expect, test } from "vitest";
import { chooseMail } from "./choose-mail.ts";

const row = (
  state: "queued" | "delivered" | "dead" | "skipped" | "parked",
  reason: string | null = null,
  streamSeq: number | null = 1,
) => ({ recorded: { eventId: "evt_1", state, reason, streamSeq }, seen: undefined });
const remembered = (messageIdHash: string | null, sha1: string | null) => ({
  recorded: undefined,
  seen: { eventId: "evt_1", messageIdHash, sha1, contentHash: null },
});

test.each([
  {
    name: "unknown mail",
    known: { recorded: undefined, seen: undefined },
    once: "judge",
    again: "judge",
  },
  { name: "mail on its way", known: row("queued"), once: "leave", again: "leave" },
  {
    name: "mail of a sweep that was cut short",
    known: row("queued", null, null),
    once: "judge_again",
    again: "judge_again",
  },
  { name: "delivered mail", known: row("delivered"), once: "leave", again: "judge_again" },
  { name: "dead mail", known: row("dead"), once: "judge_again", again: "judge_again" },
  {
    name: "mail older than the user",
    known: row("skipped", "before_user", null),
    once: "judge_again",
    again: "judge_again",
  },
  {
    name: "mail that was given up while its user was another account",
    known: row("skipped", "account_changed", null),
    once: "judge_again",
    again: "judge_again",
  },
  {
    name: "mail that nobody wanted then",
    known: row("skipped", "no_webhook", null),
    once: "judge_again",
    again: "judge_again",
  },
  {
    name: "a duplicate",
    known: row("skipped", "duplicate_sha1", null),
    once: "leave",
    again: "leave",
  },
  { name: "a draft", known: row("skipped", "draft", null), once: "leave", again: "leave" },
  { name: "parked mail", known: row("parked"), once: "leave", again: "leave" },
  {
    name: "mail delivered long ago",
    known: remembered("hash", null),
    once: "leave",
    again: "judge_forgotten",
  },
  {
    name: "mail without Message-ID delivered long ago",
    known: remembered(null, "sha1"),
    once: "leave",
    again: "judge_forgotten",
  },
  {
    name: "mail skipped long ago",
    known: remembered(null, null),
    once: "judge_forgotten",
    again: "judge_forgotten",
  },
])("$name: $once, and $again when it is to be redelivered", ({ known, once, again }) => {
  expect(chooseMail(known, false)).toBe(once);
  expect(chooseMail(known, true)).toBe(again);
});
