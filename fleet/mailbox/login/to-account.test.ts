import { expect, test } from "vitest";
import type { Login } from "./account.ts";
import { toAccount, type WatchedRow } from "./to-account.ts";

const row: WatchedRow = {
  userId: "usr_1",
  tag: "tag",
  partnerId: "prt_1",
  providerCode: "TEST",
  kind: "plain",
  host: "imap.example.com",
  port: 993,
  security: "tls",
  isOwnHost: false,
  idleMinutes: 9,
  loginRate: null,
  loginUsername: null,
  tokenUsername: null,
  tokenUsernames: null,
  email: "ann@example.com",
  saslMechanism: null,
  sealedLoginPassword: null,
  connectionId: "con_1",
  oauth1ConsumerKey: null,
  sealedOauth1ConsumerSecret: null,
  sealedOauth1Token: null,
  credentialsAt: null,
  clientAt: null,
  isNew: true,
  hasWorked: false,
  accountEpoch: 0,
  harms: null,
  harmedAt: null,
  trialAt: null,
  watchFrom: new Date(0),
  enableTracer: false,
  deliverTracers: false,
};
const username = "ann@example.com";
const oauth1 = {
  kind: "oauth1",
  sealedOauth1Token: "token",
  oauth1ConsumerKey: "key",
  sealedOauth1ConsumerSecret: "secret",
} as const;

const cases: [name: string, change: Partial<WatchedRow>, login: Login | null][] = [
  [
    "a password",
    { loginUsername: "ann", sealedLoginPassword: "sealed" },
    { kind: "password", username: "ann", sealedPassword: "sealed" },
  ],
  [
    "OAuth 2, under the address",
    { kind: "oauth2", saslMechanism: "OAUTHBEARER" },
    { kind: "oauth2", username, mechanism: "OAUTHBEARER" },
  ],
  [
    "OAuth 2, under a name of its own",
    { kind: "oauth2", loginUsername: "shared@example.com" },
    { kind: "oauth2", username: "shared@example.com", mechanism: null },
  ],
  [
    "OAuth 2, under the name that the mail server took",
    { kind: "oauth2", tokenUsername: "ann@corp.example.com" },
    { kind: "oauth2", username: "ann@corp.example.com", mechanism: null },
  ],
  [
    "OAuth 2, under the name that the partner set, before all others",
    { kind: "oauth2", loginUsername: "shared@example.com", tokenUsername: "ann@corp.example.com" },
    { kind: "oauth2", username: "shared@example.com", mechanism: null },
  ],
  [
    "OAuth 2, under the address, and then under other names of the ID token",
    { kind: "oauth2", tokenUsernames: ["ann@corp.example.com"] },
    { kind: "oauth2", username, mechanism: null, otherNames: ["ann@corp.example.com"] },
  ],
  [
    "OAuth 1",
    oauth1,
    {
      kind: "oauth1",
      username,
      sealedToken: "token",
      connectionId: "con_1",
      consumerKey: "key",
      sealedConsumerSecret: "secret",
    },
  ],
  ["nothing without a password", { loginUsername: "ann" }, null],
  ["nothing without a name", { kind: "oauth2", email: null }, null],
  ["nothing without a consumer", { ...oauth1, oauth1ConsumerKey: null }, null],
];

test.each(cases)("a user logs in with %s", (_name, change, login) => {
  expect(toAccount({ ...row, ...change })?.login ?? null).toEqual(login);
});
