import { expect, test } from "vitest";
import type { User } from "../../../db/users/users.ts";
import { auditedChange, type ToldChange } from "./audited-user.ts";

const then = new Date("2026-11-01T00:00:00Z");
const user: User = {
  id: "usr_1",
  connectionId: "con_1",
  tag: "ann",
  email: "ann@x.test",
  loginUsername: "ann",
  sealedLoginPassword: "sealed",
  state: "watching",
  stateReason: null,
  stateChangedAt: then,
  connectedAt: then,
  lastLoginAt: null,
  lastEmailAt: null,
  lastHeardAt: null,
  lagSeconds: null,
  archivedAt: null,
  restoredAt: null,
  enableTracer: false,
  createdAt: then,
  changeSeq: 1,
  imapHost: null,
  imapPort: null,
  imapSecurity: null,
  sealedRefreshToken: null,
  sealedPreviousRefreshToken: null,
  refreshedAt: null,
  sealedOauth1Token: null,
  credentialsAt: then,
  incidentAt: null,
  pausedAt: null,
  refreshLeaseUntil: null,
  accountEpoch: 0,
  deliverTracers: false,
  tokenUsername: null,
  tokenUsernames: null,
};
const turned = (name: string, on: boolean) => ({
  details: {},
  before: { [name]: !on },
  after: { [name]: on },
});

test.each<[what: string, Partial<User>, Partial<User>, ToldChange]>([
  [
    "of names and secrets that they changed, and no more",
    {},
    { tag: "bob", email: "bob@x.test", sealedLoginPassword: "other" },
    { action: "user.changed", details: { fields: "tag email login_password" } },
  ],
  [
    "a host's port, and of its name that it changed",
    {},
    { imapHost: "mail.ann.test", imapPort: 993 },
    {
      action: "user.changed",
      details: { fields: "imap_host" },
      before: { imap_port: null },
      after: { imap_port: 993 },
    },
  ],
  ["archiving", {}, { archivedAt: then }, { action: "user.archived", ...turned("archived", true) }],
  [
    "restoring",
    { archivedAt: then },
    {},
    { action: "user.restored", ...turned("archived", false) },
  ],
  ["pausing", {}, { pausedAt: then }, { action: "user.paused", ...turned("paused", true) }],
  ["resuming", { pausedAt: then }, {}, { action: "user.resumed", ...turned("paused", false) }],
  [
    "a login that is tried again",
    {},
    { credentialsAt: new Date(then.getTime() + 1) },
    { action: "user.retried", details: {} },
  ],
  [
    "a tracer",
    {},
    { enableTracer: true },
    { action: "user.changed", ...turned("enable_tracer", true) },
  ],
])("auditedChange() reports %s", (_what, before, after, expected) => {
  expect(auditedChange({ ...user, ...before }, { ...user, ...after })).toEqual(expected);
});
