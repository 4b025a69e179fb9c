import { expect, test } from "vitest";
import { judgeFuzzedUser, type UserOutcome } from "./judge-fuzzed-user.ts";

const mail = (uid: number, uidValidity = 1) => ({ uid, uidValidity });
const row = (uid: number, state = "queued", uidValidity = 1) => ({
  ...mail(uid, uidValidity),
  eventId: `evt_${uidValidity}_${uid}`,
  state,
  reason: null,
});
const event = (uid: number, uidValidity = 1) => ({
  ...mail(uid, uidValidity),
  id: `evt_${uidValidity}_${uid}`,
});

const GOOD: UserOutcome = {
  name: "ann",
  userId: "usr_1",
  state: "watching",
  sent: [mail(1), mail(2)],
  rows: [row(1), row(2)],
  events: [event(1), event(2)],
  hasTrueIds: true,
};

const CASES: [what: string, change: Partial<UserOutcome>, kinds: string[]][] = [
  ["all mail is where it belongs", {}, []],
  ["a mail was skipped", { rows: [row(1, "skipped"), row(2)], events: [event(2)] }, []],
  ["events were not looked at", { events: null }, []],
  ["a row is missing", { rows: [row(2)], events: [event(2)] }, ["lost"]],
  ["an event is missing", { events: [event(2)] }, ["lost"]],
  ["a mail has another id beside its own", { events: [event(1), event(2), event(7)] }, ["two_ids"]],
  [
    "a row is of another UIDVALIDITY",
    { rows: [row(1), row(2), row(2, "skipped", 9)] },
    ["two_ids"],
  ],
  ["an event is stored twice", { events: [event(1), event(1), event(2)] }, ["doubled"]],
  [
    "a mail stays parked",
    { rows: [row(1, "parked"), row(2)], events: [event(2)] },
    ["not_recovered"],
  ],
  ["the user is not watched", { state: "backoff" }, ["not_recovered"]],
];

test.each(CASES)("where %s", (_what, change, kinds) => {
  expect(judgeFuzzedUser({ ...GOOD, ...change }).map(({ kind }) => kind)).toEqual(kinds);
});

const LIED: UserOutcome = { ...GOOD, hasTrueIds: false };

test.each([
  ["an earlier mail may be known by other numbers", { rows: [row(2), row(1, "queued", 9)] }, []],
  [
    "a mail may be parked under numbers that there are not",
    { rows: [row(2), row(9, "parked")] },
    [],
  ],
  ["the last mail is owed", { rows: [row(1)] }, ["lost"]],
  ["the user must be watched", { state: "unreachable" }, ["not_recovered"]],
])("where the numbers of mail were lied about, %s", (_what, change, kinds) => {
  expect(judgeFuzzedUser({ ...LIED, ...change }).map(({ kind }) => kind)).toEqual(kinds);
});
