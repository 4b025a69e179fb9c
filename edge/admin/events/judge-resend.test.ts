import { expect, test } from "vitest";
import type { ResendFacts } from "../../../db/mail/resends.ts";
import { judgeResend } from "./judge-resend.ts";

const facts: ResendFacts = {
  eventId: "evt_1",
  partnerId: "prt_1",
  userId: "usr_1",
  isMail: true,
  state: "delivered",
  isWaitingLetter: false,
  isWatched: true,
};
const refused = (part: string) => ({ kind: "refuse", reason: expect.stringContaining(part) });

test.each<[string, Partial<ResendFacts>, object]>([
  ["a delivered mail", {}, { kind: "refetch" }],
  ["a mail of a user who is not watched", { isWatched: false }, refused("not watched")],
  ["a delivered event of a user", { isMail: false }, refused("Only mail")],
  ["a dead letter", { state: "dead", isWaitingLetter: true }, { kind: "redeliver" }],
  ["a deleted letter", { state: "dead" }, refused("deleted")],
  ["a queued mail", { state: "queued" }, refused("already")],
  ["a parked mail", { state: "parked" }, refused("automatically")],
  ["a skipped mail", { state: "skipped" }, refused("sweep")],
  ["a lost mail", { state: "lost" }, refused("no longer stored")],
])("%s: %j", (_what, changed, verdict) => {
  expect(judgeResend({ ...facts, ...changed })).toEqual(verdict);
});

test("an unknown event cannot be sent again", () => {
  expect(judgeResend(undefined)).toEqual(refused("no such event"));
});
