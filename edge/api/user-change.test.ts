import { expect, test } from "vitest";
import type { User } from "../../db/users.ts";
import { planUserChange, type UserPlan, type WantedUser } from "./user-change.ts";

const now = new Date("2026-11-22T12:00:00Z");
const before = new Date("2026-11-21T12:00:00Z");

const living: User = {
  id: "usr_1",
  connectionId: "con_1",
  tag: "X",
  email: "x@x.test",
  loginUsername: null,
  sealedLoginPassword: null,
  state: "watching",
  stateReason: null,
  stateChangedAt: before,
  connectedAt: null,
  lastLoginAt: null,
  lastEmailAt: null,
  lastHeardAt: null,
  archivedAt: null,
  restoredAt: null,
  enableTracer: false,
  createdAt: before,
  changeSeq: 1,
};
const connected: User = {
  ...living,
  loginUsername: "u",
  sealedLoginPassword: "sealed",
  connectedAt: before,
};
const archived: User = { ...connected, state: "archived", archivedAt: before };

const anew = { state: "new", stateReason: null, stateChangedAt: now } as const;
const nothing: UserPlan = { change: {}, event: undefined };
const both = { loginUsername: "u", sealedLoginPassword: "new" };

const cases: [what: string, user: User, wanted: WantedUser, plan: UserPlan][] = [
  ["changes nothing when nothing is wanted", living, {}, nothing],
  ["changes nothing when all is as wanted", living, { tag: "X", email: "x@x.test" }, nothing],
  ["renames, also only the case", living, { tag: "x" }, { change: { tag: "x" }, event: undefined }],
  ["clears the address", living, { email: null }, { change: { email: null }, event: undefined }],
  [
    "archives",
    connected,
    { archived: true },
    {
      change: { state: "archived", stateReason: null, stateChangedAt: now, archivedAt: now },
      event: undefined,
    },
  ],
  ["does not archive twice", archived, { archived: true }, nothing],
  ["does not restore the living", living, { archived: false }, nothing],
  [
    "restores",
    archived,
    { archived: false },
    { change: { ...anew, archivedAt: null, restoredAt: now }, event: undefined },
  ],
  [
    "connects when both halves of the login are there",
    living,
    both,
    { change: { ...both, ...anew, connectedAt: now }, event: "user_connected" },
  ],
  [
    "does not connect by one half",
    living,
    { loginUsername: "u" },
    { change: { loginUsername: "u", ...anew }, event: undefined },
  ],
  [
    "starts the login anew for a new password, and stays connected",
    connected,
    { sealedLoginPassword: "new" },
    { change: { sealedLoginPassword: "new", ...anew }, event: undefined },
  ],
  [
    "disconnects when the password is cleared",
    connected,
    { sealedLoginPassword: null },
    {
      change: { sealedLoginPassword: null, ...anew, connectedAt: null },
      event: "user_disconnected",
    },
  ],
  [
    "does not clear what is empty",
    living,
    { sealedLoginPassword: null, loginUsername: null },
    nothing,
  ],
  [
    "leaves an archived user archived when its login changes",
    archived,
    { sealedLoginPassword: "new" },
    { change: { sealedLoginPassword: "new" }, event: undefined },
  ],
  [
    "archives, though the login changes with it",
    connected,
    { archived: true, sealedLoginPassword: "new" },
    {
      change: {
        state: "archived",
        stateReason: null,
        stateChangedAt: now,
        archivedAt: now,
        sealedLoginPassword: "new",
      },
      event: undefined,
    },
  ],
];

test.each(cases)("planUserChange() %s", (_what, user, wanted, plan) => {
  expect(planUserChange(user, wanted, now)).toEqual(plan);
});
