import { expect, test } from "vitest";
import { type Cursor, type Plan, planCatchUp } from "./plan.ts";
import { type MailboxStatus } from "../imap/mailbox-status.ts";

const watchFrom = new Date("2026-03-10T12:00:00Z");
const cursor: Cursor = {
  uidValidity: 7,
  lastUid: 41,
  lastInternalDate: new Date("2026-05-20T08:00:00Z"),
  importedUid: null,
};

const cases: [name: string, cursor: Cursor | null, status: MailboxStatus, expected: Plan][] = [
  [
    "reads on from the cursor",
    cursor,
    { uidValidity: 7, uidNext: 50 },
    { kind: "continue", cursor },
  ],
  [
    "searches from a day before the user's creation when there is no cursor",
    null,
    { uidValidity: 7, uidNext: 1_000_001 },
    {
      kind: "scan",
      since: new Date("2026-03-09T12:00:00Z"),
      previous: null,
      target: { uidValidity: 7, lastUid: 1_000_000, lastInternalDate: null, importedUid: null },
    },
  ],
  [
    "searches from two days before the last mail when UIDVALIDITY changed",
    cursor,
    { uidValidity: 8, uidNext: 3 },
    {
      kind: "scan",
      since: new Date("2026-05-18T08:00:00Z"),
      previous: cursor,
      target: {
        uidValidity: 8,
        lastUid: 2,
        lastInternalDate: cursor.lastInternalDate,
        importedUid: null,
      },
    },
  ],
  [
    "never goes back further than a day before the user's creation",
    { ...cursor, lastInternalDate: new Date("2026-03-10T13:00:00Z"), importedUid: null },
    { uidValidity: 8, uidNext: 1 },
    {
      kind: "scan",
      since: new Date("2026-03-09T12:00:00Z"),
      previous: {
        ...cursor,
        lastInternalDate: new Date("2026-03-10T13:00:00Z"),
        importedUid: null,
      },
      target: {
        uidValidity: 8,
        lastUid: 0,
        lastInternalDate: new Date("2026-03-10T13:00:00Z"),
        importedUid: null,
      },
    },
  ],
];

test.each(cases)("planCatchUp() %s", (_name, given, status, expected) => {
  expect(planCatchUp(given, status, { watchFrom, parkedSince: null, readUntil: null })).toEqual(
    expected,
  );
});

test("planCatchUp() searches from two days before the oldest parked mail after UIDVALIDITY changed", () => {
  const parkedSince = new Date("2026-04-20T00:00:00Z");
  const status = { uidValidity: 8, uidNext: 3 };
  expect(planCatchUp(cursor, status, { watchFrom, parkedSince, readUntil: null })).toMatchObject({
    since: new Date("2026-04-18T00:00:00Z"),
  });
});

test("planCatchUp() searches a new mailbox of an account from two days before its last mail elsewhere", () => {
  const readUntil = new Date("2026-04-20T00:00:00Z");
  const status = { uidValidity: 8, uidNext: 3 };
  expect(planCatchUp(null, status, { watchFrom, parkedSince: null, readUntil })).toMatchObject({
    since: new Date("2026-04-18T00:00:00Z"),
    previous: null,
  });
});
