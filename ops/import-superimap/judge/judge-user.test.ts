import { expect, test } from "vitest";
import { judgeUser, type UserContext } from "./judge-user.ts";
import type { UserRow } from "../source-rows.ts";

const at = (text: string) => new Date(`${text}Z`);
const ROW: UserRow = {
  id: 5,
  tag: "Alice",
  email: "Alice@example.com",
  login_username: "alice",
  login_password: "sealed password",
  oauth2_refresh_token: null,
  last_uid: 42,
  last_uid_validity: "7",
  last_internal_date: at("2026-11-20T10:00:00"),
  last_email_at: at("2026-11-20T10:00:05"),
  last_login_at: at("2026-11-01T00:00:00"),
  connected_at: at("2020-01-02T00:00:00"),
  created_at: at("2020-01-01T00:00:00"),
  updated_at: at("2026-11-20T10:00:05"),
  archived: false,
  enable_tracer: false,
};
const CONTEXT: UserContext = {
  kind: "plain",
  imapHost: "imap.example.com",
  names: { tags: new Set(["bob"]), emails: new Set(["bob@example.com"]) },
  rememberedSince: at("2026-10-24T00:00:00"),
  decrypt: (text) => (text.startsWith("sealed ") ? text.slice(7) : null),
  now: at("2026-11-23T00:00:00"),
};
const OAUTH = { login_password: null, oauth2_refresh_token: "sealed token" };

function taken(row: Partial<UserRow>, context: Partial<UserContext> = {}) {
  const verdict = judgeUser({ ...ROW, ...row }, { ...CONTEXT, ...context });
  if (verdict.kind === "leave") throw new Error(verdict.why);
  return verdict.taken;
}

test("a user is imported with its credentials, its dates and its reading position", () => {
  expect(taken({})).toEqual({
    user: {
      tag: "Alice",
      email: "Alice@example.com",
      loginUsername: "alice",
      state: "new",
      connectedAt: ROW.connected_at,
      credentialsAt: ROW.connected_at,
      refreshedAt: null,
      lastLoginAt: ROW.last_login_at,
      lastEmailAt: ROW.last_email_at,
      enableTracer: false,
      createdAt: ROW.created_at,
    },
    secret: { column: "login_password", text: "password" },
    login: "alice",
    watchFrom: at("2026-11-20T09:00:00"),
    cursor: {
      mailbox: "INBOX",
      uidValidity: 7,
      lastUid: 42,
      importedUid: 42,
      lastInternalDate: ROW.last_internal_date,
      accountEpoch: 0,
    },
  });
});

test("an OAuth user logs in with its address, in any case", () => {
  const user = taken(OAUTH, { kind: "oauth2" });
  expect(user).toMatchObject({
    login: "alice@example.com",
    secret: { column: "refresh_token", text: "token" },
    user: { loginUsername: null, refreshedAt: ROW.connected_at },
  });
});

test("an archived user stays so, and may share its tag", () => {
  const user = taken({ tag: "bob", archived: true });
  expect(user.user).toMatchObject({ state: "archived", archivedAt: ROW.updated_at });
});

test.each([{ login_password: null }, { login_username: "" }])(
  "with %j a user is not connected",
  (row) => {
    const user = taken(row);
    expect(user).toMatchObject({ secret: null, login: null });
    expect(user.user).toMatchObject({ connectedAt: null, credentialsAt: null });
  },
);

test.each([
  ["an hour before its newest mail", {}, "2026-11-20T09:00:00"],
  ["what is remembered", { last_internal_date: at("2026-01-01T00:00:00") }, "2026-10-24T00:00:00"],
  ["two days before its last login", { last_internal_date: null }, "2026-10-30T00:00:00"],
  [
    "what is remembered, too",
    { last_internal_date: null, last_login_at: null },
    "2026-10-24T00:00:00",
  ],
])("mail is read from %s", (_, row, from) => {
  expect(taken(row).watchFrom).toEqual(at(from));
});

test.each([
  [{ last_uid: null }, {}],
  [{ last_uid_validity: null }, {}],
  [{ last_uid_validity: "" }, {}],
  [{ last_uid_validity: "4294967296" }, {}],
  [{}, { imapHost: "imap.gmail.com" }],
])("with %j and %j there is no cursor", (row, context) => {
  expect(taken(row, context).cursor).toBeNull();
});

test.each([
  [{ tag: " " }, {}, "its tag is blank or too long"],
  [{ email: "a" }, {}, "its e-mail address is none"],
  [{ tag: "BOB" }, {}, "another living user of its connection has its tag"],
  [{ email: "BOB@example.com" }, {}, "another living user of its connection has its e-mail"],
  [{ login_password: "broken" }, {}, "its password does not decrypt"],
  [{ oauth2_refresh_token: "broken" }, { kind: "oauth2" }, "its refresh token does not decrypt"],
] satisfies [Partial<UserRow>, Partial<UserContext>, string][])(
  "with %j and %j a user is left out",
  (row, context, why) => expect(() => taken(row, context)).toThrow(why),
);
