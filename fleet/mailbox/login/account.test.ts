import { expect, test } from "vitest";
import { type Account, type Login, needsNewLogin } from "./account.ts";

const password: Login = { kind: "password", username: "ann", sealedPassword: "sealed" };
const oauth1: Login = {
  kind: "oauth1",
  username: "ann",
  sealedToken: "sealed",
  connectionId: "con_1",
  consumerKey: "key",
  sealedConsumerSecret: "sealed",
};
const account: Account = {
  userId: "usr_1",
  epoch: 0,
  tag: "one",
  partnerId: "prt_1",
  providerCode: "PLAIN",
  server: {
    host: "imap.example.org",
    port: 993,
    security: "tls",
    isOwnHost: false,
    idleMinutes: 9,
    loginRate: null,
  },
  login: password,
  credentialsAt: new Date(0),
  isNew: false,
  hasWorked: true,
  watchFrom: new Date(0),
  harm: null,
  tracers: "none",
};

test.each<[what: string, change: Partial<Account>, expected: boolean]>([
  ["nothing", {}, false],
  ["its tag", { tag: "two" }, false],
  ["its partner's wish for tracers", { tracers: "delivered" }, false],
  ["its password, sealed again", { login: { ...password, sealedPassword: "other" } }, false],
  ["its credentials", { credentialsAt: new Date(1) }, true],
  ["the client of its connection", { clientAt: new Date(1) }, true],
  ["its name", { login: { ...password, username: "bob" } }, true],
  ["its kind of login", { login: { kind: "oauth2", username: "ann", mechanism: null } }, true],
  ["its provider's rate of logins", { server: { ...account.server, loginRate: 2 } }, false],
  ["its provider's interval of IDLE", { server: { ...account.server, idleMinutes: 20 } }, false],
  ["its server", { server: { ...account.server, port: 143 } }, true],
  ["its account", { epoch: 1 }, true],
])("a session whose user has changed %s logs in again: %3$s", (_what, change, expected) => {
  expect(needsNewLogin(account, { ...account, ...change })).toBe(expected);
});

test.each<[what: string, change: Partial<typeof oauth1>, expected: boolean]>([
  ["its token, sealed again", { sealedToken: "other" }, false],
  ["its consumer's secret, sealed again", { sealedConsumerSecret: "other" }, false],
  ["its consumer", { consumerKey: "other" }, true],
])(
  "an OAuth 1.0a session whose user has changed %s logs in again: %3$s",
  (_what, change, expected) => {
    const before = { ...account, login: oauth1 };
    expect(needsNewLogin(before, { ...before, login: { ...oauth1, ...change } })).toBe(expected);
  },
);
