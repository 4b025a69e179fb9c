import { beforeEach, expect, test } from "vitest";
import type { FailureCode } from "../../edge/connect/failures.ts";
import { en } from "../../edge/connect/words/en.ts";
import { newBrowser } from "./browser.ts";
import { FAILURE, SUCCESS } from "./use-connect.ts";
import { useOAuth2 } from "./use-oauth2.ts";

const oauth = useOAuth2();

beforeEach(() => {
  Object.assign(oauth.server().behaviour, { issueRefreshTokens: true, tokenFault: null });
});

let accounts = 0;
function newAccount(options?: { emailVerified?: boolean | "unknown" }): string {
  accounts += 1;
  const email = `account-${accounts}@mail.test`;
  oauth.server().addAccount(email, options);
  return email;
}

const failedWith = (code: FailureCode) => {
  const query = new URLSearchParams({ error: code, error_description: en.failures[code] });
  return { status: 303, location: `${FAILURE}?${query.toString()}` };
};

async function openToken(userId: string): Promise<string> {
  const { sealed_refresh_token: sealed } = await oauth.row(userId);
  return oauth.stack().vaults.mailbox.open(`users/${userId}/refresh_token`, String(sealed));
}

async function expectUntouched(userId: string): Promise<void> {
  expect(await oauth.row(userId)).toMatchObject({
    sealed_refresh_token: null,
    connected_at: null,
    credentials_at: null,
  });
  expect(await oauth.events(userId)).toEqual([]);
}

test("a consent connects the user, sends the event and redirects to the success page", async () => {
  const email = newAccount();
  const user = await oauth.newOAuth2User();
  expect(await oauth.connect(await user.connectUrl(), { email })).toMatchObject({
    status: 303,
    location: SUCCESS,
  });
  const row = await oauth.row(user.id);
  expect(row).toMatchObject({ email, state: "new", incident_at: null });
  expect(row["connected_at"]).toEqual(row["credentials_at"]);
  expect(await oauth.server().isRefreshTokenAlive(await openToken(user.id))).toBe(true);
  expect(await oauth.events(user.id)).toEqual([{ kind: "user_connected", email }]);
  const pokes = await oauth
    .stack()
    .query("select from outbox where kind = 'users_changed' and payload->'user_ids' ? $1", [
      user.id,
    ]);
  expect(pokes).toHaveLength(1);
});

test("the provider is asked with PKCE, a state, a nonce, its own parameters and the user's address", async () => {
  const user = await oauth.newOAuth2User({ user: { email: "hint@mail.test" } });
  const begun = await newBrowser().submit(await user.connectUrl(), {});
  const query = new URL(begun.location).searchParams;
  expect(Object.fromEntries(query)).toMatchObject({
    response_type: "code",
    code_challenge_method: "S256",
    login_hint: "hint@mail.test",
    scope: oauth.server().scopes,
    redirect_uri: `${oauth.stack().url}/oauth2/callback`,
    prompt: "consent",
  });
  expect(query.get("code_challenge")).toMatch(/^[\w-]{43}$/);
  expect(query.get("nonce")).toMatch(/^[\w-]{43}$/);
  expect(String(begun.headers["set-cookie"])).toMatch(/HttpOnly.*SameSite=Lax/);
  expect(begun.headers).toMatchObject({
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  });
});

test("the address comes from userinfo if the provider has no ID tokens", async () => {
  const email = newAccount();
  const user = await oauth.newOAuth2User({ withoutIdToken: true });
  const ended = await oauth.connect(await user.connectUrl(), { email });
  expect(ended.location).toBe(SUCCESS);
  expect(await oauth.row(user.id)).toMatchObject({ email });
});

test("an address without a claim about its verification is accepted", async () => {
  const email = newAccount({ emailVerified: "unknown" });
  const user = await oauth.newOAuth2User();
  expect((await oauth.connect(await user.connectUrl(), { email })).location).toBe(SUCCESS);
});

test("a refused consent redirects to the failure page, and the link still works", async () => {
  const email = newAccount();
  const user = await oauth.newOAuth2User();
  const link = await user.connectUrl();
  const refused = await oauth.connect(link, { email, refuse: true });
  expect(refused).toMatchObject(failedWith("access_denied"));
  await expectUntouched(user.id);
  expect((await oauth.connect(link, { email })).location).toBe(SUCCESS);
});

test("a consent without mail is a failure", async () => {
  const email = newAccount();
  const user = await oauth.newOAuth2User();
  const withoutScopes = [oauth.server().mailScope];
  const ended = await oauth.connect(await user.connectUrl(), { email, withoutScopes });
  expect(ended).toMatchObject(failedWith("insufficient_scope"));
  await expectUntouched(user.id);
});

test("a grant without a refresh token is a failure", async () => {
  const email = newAccount();
  const user = await oauth.newOAuth2User();
  oauth.server().behaviour.issueRefreshTokens = false;
  const ended = await oauth.connect(await user.connectUrl(), { email });
  expect(ended).toMatchObject(failedWith("no_refresh_token"));
  await expectUntouched(user.id);
});

test("an address that is not verified is a failure", async () => {
  const email = newAccount({ emailVerified: false });
  const user = await oauth.newOAuth2User();
  const ended = await oauth.connect(await user.connectUrl(), { email });
  expect(ended).toMatchObject(failedWith("email_unverified"));
  await expectUntouched(user.id);
});

test.each([
  ["fails", { kind: "status", status: 500 }, "temporarily_unavailable"],
  ["is too busy", { kind: "status", status: 429 }, "temporarily_unavailable"],
  ["cuts the connection", { kind: "lost_answer" }, "temporarily_unavailable"],
  ["answers nonsense", { kind: "garbage" }, "provider_error"],
  ["refuses the client", { kind: "error", error: "invalid_client" }, "provider_error"],
] as const)(
  "a token endpoint that %s changes nothing, and the link goes on working",
  async (_what, fault, code) => {
    const email = newAccount();
    const user = await oauth.newOAuth2User();
    const link = await user.connectUrl();
    oauth.server().behaviour.tokenFault = fault;
    expect(await oauth.connect(link, { email })).toMatchObject(failedWith(code));
    await expectUntouched(user.id);
    oauth.server().behaviour.tokenFault = null;
    expect((await oauth.connect(link, { email })).location).toBe(SUCCESS);
  },
);

test.each([
  { expires_in: null, token_type: null, scope: null },
  { expires_in: "", token_type: "", scope: "" },
  { expires_in: 0, token_type: undefined, scope: [] },
  { expires_in: -1, ext_expires_in: null, error: null },
  { expires_in: "3600" },
  { expires_in: "soon" },
  { expires_in: {}, scope: undefined },
])("a token answer with fields that say nothing connects the user: %j", async (fields) => {
  const email = newAccount();
  const user = await oauth.newOAuth2User();
  oauth.server().behaviour.tokenFault = { kind: "fields", fields };
  expect((await oauth.connect(await user.connectUrl(), { email })).location).toBe(SUCCESS);
  expect(await oauth.server().isRefreshTokenAlive(await openToken(user.id))).toBe(true);
});

test.each([null, "", " ", 0])("a refresh token that is none is a failure: %j", async (token) => {
  const email = newAccount();
  const user = await oauth.newOAuth2User();
  oauth.server().behaviour.tokenFault = { kind: "fields", fields: { refresh_token: token } };
  const ended = await oauth.connect(await user.connectUrl(), { email });
  expect(ended).toMatchObject(failedWith("no_refresh_token"));
  await expectUntouched(user.id);
});

test.each([null, ""])("an ID token that is none has userinfo asked: %j", async (token) => {
  const email = newAccount();
  const user = await oauth.newOAuth2User();
  oauth.server().behaviour.tokenFault = { kind: "fields", fields: { id_token: token } };
  expect((await oauth.connect(await user.connectUrl(), { email })).location).toBe(SUCCESS);
  expect(await oauth.row(user.id)).toMatchObject({ email });
});

test("a wrong client secret is a failure", async () => {
  const email = newAccount();
  const user = await oauth.newOAuth2User({ clientSecret: "wrong" });
  const ended = await oauth.connect(await user.connectUrl(), { email });
  expect(ended).toMatchObject(failedWith("provider_error"));
});

test.each([
  ["another issuer", "oauth_issuer", () => "https://other.test"],
  ["keys that are none", "oauth_jwks_url", () => `${oauth.stack().url}/healthz`],
])("an ID token is refused by a provider with %s", async (_what, column, makeValue) => {
  const email = newAccount();
  const user = await oauth.newOAuth2User();
  const ofUser = "id = (select provider_id from partner_connections where id = $1)";
  await oauth
    .stack()
    .query(`update imap_providers set ${column} = $2 where ${ofUser}`, [
      user.connectionId,
      makeValue(),
    ]);
  const ended = await oauth.connect(await user.connectUrl(), { email });
  expect(ended).toMatchObject(failedWith("provider_error"));
  await expectUntouched(user.id);
});

test("connecting the same account again ends an incident and sends the event", async () => {
  const email = newAccount();
  const user = await oauth.newOAuth2User({ user: { email: email.toUpperCase() } });
  await oauth.connect(await user.connectUrl(), { email });
  const before = await oauth.row(user.id);
  await oauth.stack().query(
    `update users set state = 'auth_failed', state_reason = 'consent_withdrawn',
       incident_at = now(), sealed_previous_refresh_token = 'x' where id = $1`,
    [user.id],
  );
  expect((await oauth.connect(await user.connectUrl(), { email })).location).toBe(SUCCESS);
  const after = await oauth.row(user.id);
  expect(after).toMatchObject({
    email: email.toUpperCase(),
    state: "new",
    state_reason: null,
    incident_at: null,
    sealed_previous_refresh_token: null,
  });
  expect(Number(after["credentials_at"])).toBeGreaterThan(Number(before["credentials_at"]));
  expect(await oauth.events(user.id)).toHaveLength(2);
  expect(
    await oauth.stack().query("select from revocations where user_id = $1", [user.id]),
  ).toEqual([]);
});

test("a different account is refused, and the user stays connected", async () => {
  const email = newAccount();
  const user = await oauth.newOAuth2User();
  await oauth.connect(await user.connectUrl(), { email });
  const ended = await oauth.connect(await user.connectUrl(), { email: newAccount() });
  expect(ended).toMatchObject(failedWith("wrong_account"));
  expect(await oauth.row(user.id)).toMatchObject({ email });
  expect(await oauth.events(user.id)).toHaveLength(1);
});

test("a user whose address was cleared can be connected with a different account", async () => {
  const [email, other] = [newAccount(), newAccount()];
  const user = await oauth.newOAuth2User();
  const connectAs = async (account: string) => {
    await oauth.stack().query("update users set email = null where id = $1", [user.id]);
    const ended = await oauth.connect(await user.connectUrl(), { email: account });
    expect(ended.location).toBe(SUCCESS);
    return oauth.row(user.id);
  };
  expect(await connectAs(email)).toMatchObject({ account_epoch: 0 });
  expect(await connectAs(email)).toMatchObject({ account_epoch: 0 });
  expect(await connectAs(other)).toMatchObject({ account_epoch: 1 });
  expect(await connectAs(email)).toMatchObject({ account_epoch: 0 });
});

test("an account that another user of the connection has is refused", async () => {
  const email = newAccount();
  const user = await oauth.newOAuth2User();
  await oauth
    .stack()
    .query("insert into users (id, connection_id, tag, email) values ($1, $2, 'x', $3)", [
      `${user.id}-other`,
      user.connectionId,
      email,
    ]);
  const ended = await oauth.connect(await user.connectUrl(), { email });
  expect(ended).toMatchObject(failedWith("email_taken"));
  await expectUntouched(user.id);
});

test("a paused user stays paused", async () => {
  const email = newAccount();
  const user = await oauth.newOAuth2User({
    user: { state: "paused", paused_at: new Date().toISOString() },
  });
  await oauth.connect(await user.connectUrl(), { email });
  expect(await oauth.row(user.id)).toMatchObject({ state: "paused", email });
});

test("without pages of the partner, our own pages show the result", async () => {
  const email = newAccount();
  const partner = { successUrl: null, failureUrl: null };
  const user = await oauth.newOAuth2User({ partner });
  const link = await user.connectUrl();
  const refused = await oauth.connect(link, { email, refuse: true });
  expect(refused).toMatchObject({ status: 422, location: "" });
  expect(refused.text).toContain(en.failures.access_denied);
  const ended = await oauth.connect(link, { email });
  expect(ended.status).toBe(200);
  expect(ended.text).toContain("The account is connected");
});
