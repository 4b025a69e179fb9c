import { expect, test } from "vitest";
import type { User } from "../../db/users/users.ts";
import { mergeHost, planUserChange, type UserPlan, type WantedUser } from "./user-change.ts";

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
  lagSeconds: null,
  archivedAt: null,
  restoredAt: null,
  enableTracer: false,
  createdAt: before,
  changeSeq: 1,
  imapHost: null,
  imapPort: null,
  imapSecurity: null,
  sealedRefreshToken: null,
  sealedPreviousRefreshToken: null,
  refreshedAt: null,
  sealedOauth1Token: null,
  credentialsAt: null,
  incidentAt: null,
  pausedAt: null,
  refreshLeaseUntil: null,
  accountEpoch: 0,
  deliverTracers: false,
  tokenUsername: null,
  tokenUsernames: null,
};
const connected: User = {
  ...living,
  loginUsername: "u",
  sealedLoginPassword: "sealed",
  connectedAt: before,
};
const consenting: User = { ...living, sealedRefreshToken: "sealed", connectedAt: before };
const own = { imapHost: "h", imapPort: 993, imapSecurity: "tls" } as const;
const paused: User = { ...connected, state: "paused", pausedAt: before };
const archived: User = { ...connected, state: "archived", archivedAt: before };

const retried = { state: "new", stateReason: null, stateChangedAt: now } as const;
const given = { credentialsAt: now, incidentAt: null } as const;
const lacking = { credentialsAt: null, incidentAt: null } as const;
const nothing: UserPlan = { change: {}, event: undefined };
const both = { loginUsername: "u", sealedLoginPassword: "new" };

const newToken = (sealedRefreshToken: string | null) => ({
  sealedRefreshToken,
  sealedPreviousRefreshToken: null,
});

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
    {
      change: { ...retried, archivedAt: null, restoredAt: now, incidentAt: null },
      event: undefined,
    },
  ],
  [
    "pauses",
    connected,
    { paused: true },
    {
      change: { state: "paused", stateReason: null, stateChangedAt: now, pausedAt: now },
      event: undefined,
    },
  ],
  ["does not pause twice", paused, { paused: true }, nothing],
  ["does not resume who is not paused", connected, { paused: false }, nothing],
  [
    "resumes",
    paused,
    { paused: false },
    { change: { ...retried, pausedAt: null }, event: undefined },
  ],
  [
    "pauses who is archived, and leaves it archived",
    archived,
    { paused: true },
    { change: { pausedAt: now }, event: undefined },
  ],
  [
    "retries a login that failed",
    { ...connected, state: "auth_failed", incidentAt: before },
    { retry: true },
    { change: { ...retried, credentialsAt: now }, event: undefined },
  ],
  ["does not retry who is watched", { ...connected, state: "watching" }, { retry: true }, nothing],
  ["does not retry who is paused", paused, { retry: true }, nothing],
  [
    "makes a tracer of a user",
    connected,
    { enableTracer: true },
    { change: { enableTracer: true }, event: undefined },
  ],
  [
    "has a tracer user's tracers delivered",
    connected,
    { deliverTracers: true },
    { change: { deliverTracers: true }, event: undefined },
  ],
  ["does not make a tracer twice", connected, { enableTracer: false }, nothing],
  [
    "connects when both halves of the login are there",
    living,
    both,
    { change: { ...both, ...given, ...retried, connectedAt: now }, event: "user_connected" },
  ],
  [
    "does not connect by one half",
    living,
    { loginUsername: "u" },
    { change: { loginUsername: "u", ...lacking, ...retried }, event: undefined },
  ],
  [
    "starts a new login for a new password, and stays connected",
    connected,
    { sealedLoginPassword: "new" },
    { change: { sealedLoginPassword: "new", ...given, ...retried }, event: undefined },
  ],
  [
    "disconnects when the password is cleared",
    connected,
    { sealedLoginPassword: null },
    {
      change: { sealedLoginPassword: null, ...lacking, ...retried, connectedAt: null },
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
    { change: { sealedLoginPassword: "new", ...given }, event: undefined },
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
        ...given,
      },
      event: undefined,
    },
  ],
  [
    "connects by a refresh token",
    living,
    { sealedRefreshToken: "new" },
    {
      change: { ...newToken("new"), refreshedAt: now, ...given, ...retried, connectedAt: now },
      event: "user_connected",
    },
  ],
  [
    "takes another refresh token, and forgets the one before it",
    consenting,
    { sealedRefreshToken: "new" },
    { change: { ...newToken("new"), refreshedAt: now, ...given, ...retried }, event: undefined },
  ],
  [
    "disconnects when the refresh token is cleared",
    consenting,
    { sealedRefreshToken: null },
    {
      change: { ...newToken(null), refreshedAt: null, ...lacking, ...retried, connectedAt: null },
      event: "user_disconnected",
    },
  ],
  [
    "starts a new login when the account has another name at its OAuth server",
    consenting,
    { email: "y@x.test" },
    { change: { email: "y@x.test", ...given, ...retried }, event: undefined },
  ],
  [
    "forgets the name that the mail server took with the address",
    { ...consenting, tokenUsername: "x@corp.test" },
    { email: "y@x.test" },
    { change: { email: "y@x.test", tokenUsername: null, ...given, ...retried }, event: undefined },
  ],
  [
    "forgets the names that were to be tried with the address",
    { ...consenting, tokenUsernames: ["x@corp.test"] },
    { email: "y@x.test" },
    { change: { email: "y@x.test", tokenUsernames: null, ...given, ...retried }, event: undefined },
  ],
  [
    "keeps it with the same address in another case",
    { ...consenting, tokenUsername: "x@corp.test" },
    { email: "X@x.test" },
    { change: { email: "X@x.test", ...given, ...retried }, event: undefined },
  ],
  [
    "starts a new login under the name that the partner sets for tokens",
    consenting,
    { loginUsername: "shared@x.test" },
    { change: { loginUsername: "shared@x.test", ...given, ...retried }, event: undefined },
  ],
  [
    "starts a new login at another host",
    { ...connected, ...own },
    { imapHost: "other" },
    { change: { ...own, imapHost: "other", ...given, ...retried }, event: undefined },
  ],
  [
    "stays where it is",
    { ...connected, ...own },
    { imapHost: "h", imapPort: 993, imapSecurity: null },
    nothing,
  ],
  [
    "leaves a paused user paused",
    paused,
    { sealedLoginPassword: "new" },
    {
      change: { sealedLoginPassword: "new", ...given, ...retried, state: "paused" },
      event: undefined,
    },
  ],
];

const noHost = { imapHost: null, imapPort: null, imapSecurity: null };
const hosts: [what: string, wanted: WantedUser, host: object][] = [
  ["nothing", {}, noHost],
  ["a port alone", { imapPort: 143 }, noHost],
  ["a host", { imapHost: "h" }, own],
  [
    "a host without TLS from the start",
    { imapHost: "h", imapSecurity: "starttls" },
    { ...own, imapPort: 143, imapSecurity: "starttls" },
  ],
  ["a host and its port", { imapHost: "h", imapPort: 1993 }, { ...own, imapPort: 1_993 }],
];

test.each(hosts)("mergeHost() fills up %s", (_what, wanted, host) => {
  expect(mergeHost(noHost, wanted)).toEqual(host);
});

test("mergeHost() clears host, port and security with the name, and keeps absent fields", () => {
  expect(mergeHost(own, { imapHost: null })).toEqual(noHost);
  expect(mergeHost(own, { imapPort: 1_993 })).toEqual({ ...own, imapPort: 1_993 });
});

test.each(cases)("planUserChange() %s", (_what, user, wanted, plan) => {
  expect(planUserChange(user, wanted, now)).toEqual(plan);
});
