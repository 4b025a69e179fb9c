import { decodeProtectedHeader, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeEach, expect, test } from "vitest";
import { startTestAuthorizationServer } from "../../harness/oauth/authorization-server.ts";
import { newSsoBrowser, ssoSettings } from "../sso-browser.ts";
import { useAdmin } from "../use-admin.ts";

const server = await startTestAuthorizationServer();
afterAll(() => server[Symbol.asyncDispose]());
const admins = useAdmin(ssoSettings(server));
const query = (sql: string, values?: unknown[]) => admins.stack().query(sql, values);
const newBrowser = () => newSsoBrowser(admins, server);
const failedWith = (code: string) => `${admins.stack().url}/admin/?sso=${code}`;

beforeEach(() => {
  Object.assign(server.behaviour, { discoveryFault: null, tokenFault: null });
});

/** Creates an admin, and an account with the same address. */
async function newPerson(options?: Parameters<typeof server.addAccount>[1]) {
  const admin = await admins.newAdmin("chosen", "support");
  server.addAccount(admin.email, options);
  return admin;
}

const actions = async (adminId: string) =>
  (
    await query(
      "select actor, action from audit_log where subject_id = $1 or actor = 'admin:' || $1",
      [adminId],
    )
  )
    .map(({ actor, action }) => `${String(actor)} ${String(action)}`)
    .toSorted();

// First: the edge has not read the provider's metadata yet.
test.each([
  ["does not answer", { kind: "lost_answer" }],
  ["answers 503", { kind: "status", status: 503 }],
  ["answers nonsense", { kind: "garbage" }],
  ["never ends its answer", { kind: "endless", sentBytes: 0 }],
  ["names another issuer", { kind: "fields", fields: { issuer: "https://evil.test" } }],
  [
    "names a script as its page",
    { kind: "fields", fields: { authorization_endpoint: "javascript:alert(1)" } },
  ],
] as const)("an identity provider that %s: no sign-in begins", async (_what, discoveryFault) => {
  server.behaviour.discoveryFault = discoveryFault;
  const browser = newBrowser();
  const answer = await browser.call("POST", "/session/sso", { body: { return_to: "/admin/" } });
  expect(answer).toMatchObject({ status: 503, body: { code: "unavailable" } });
  expect(browser.cookie).toBe("");
});

test("an admin with the verified address is linked, signed in and sent to the page", async () => {
  const admin = await newPerson();
  const browser = newBrowser();
  const page = "/admin/users?state=ok";
  const ended = await browser.finish(
    await server.authorize(await browser.begin(page), { email: admin.email }),
  );
  expect(ended).toMatchObject({ status: 303, location: admins.stack().url + page });
  expect(ended.cookies).toEqual([
    expect.stringMatching(/^__Host-superimap_sso=;.*Max-Age=0/),
    expect.stringMatching(/^__Host-superimap_admin=.*HttpOnly; Secure; SameSite=Strict/),
  ]);
  const { body } = await browser.call("GET", "/session");
  expect(body).toMatchObject({ admin: { id: admin.id, role: "support", sso: true } });
  expect(await newBrowser().signInAs({ email: admin.email })).toBe(admins.stack().url + page);
  expect(await actions(admin.id)).toEqual([
    `admin:${admin.id} admin_session.started`,
    `admin:${admin.id} admin_session.started`,
    "sso admin.sso_linked",
  ]);
});

test("the provider is asked with PKCE, a state and a nonce, and no secret is in the address", async () => {
  const url = await newBrowser().begin();
  const asked = new URL(url).searchParams;
  expect(Object.fromEntries(asked)).toMatchObject({
    response_type: "code",
    client_id: server.client.id,
    redirect_uri: `${admins.stack().url}/admin/sso/callback`,
    scope: "openid email profile",
    code_challenge_method: "S256",
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
  });
  expect(url).not.toContain(server.client.secret);
});

test("claims that only userinfo has are read there", async () => {
  const admin = await newPerson({ hasBareIdToken: true });
  expect(await newBrowser().signInAs({ email: admin.email })).toContain("/admin/users");
});

test("after the link, the address does not matter; without the link it does", async () => {
  const admin = await newPerson();
  await newBrowser().signInAs({ email: admin.email });
  await query("update admin_users set email = 'new-' || email where id = $1", [admin.id]);
  const browser = newBrowser();
  expect(await browser.signInAs({ email: admin.email })).toContain("/admin/users");
  const owner = await admins.signedIn();
  const unlinked = await owner.browser.call("DELETE", `/admins/${admin.id}/sso`);
  expect(unlinked.status).toBe(204);
  expect((await browser.call("GET", "/session")).status).toBe(401);
  expect(await newBrowser().signInAs({ email: admin.email })).toBe(failedWith("unknown_admin"));
});

test("an account with the address of an admin who is linked to another one is refused", async () => {
  const admin = await newPerson();
  await query("update admin_users set oidc_issuer = $2, oidc_subject = '7' where id = $1", [
    admin.id,
    server.issuer,
  ]);
  expect(await newBrowser().signInAs({ email: admin.email })).toBe(failedWith("linked_elsewhere"));
});

test("a person without an admin, and one whose address is not verified, are refused", async () => {
  server.addAccount("nobody@mail.test");
  expect(await newBrowser().signInAs({ email: "nobody@mail.test" })).toBe(
    failedWith("unknown_admin"),
  );
  for (const emailVerified of [false, "unknown"] as const) {
    const { id, email } = await newPerson({ emailVerified });
    expect(await newBrowser().signInAs({ email })).toBe(failedWith("email_unverified"));
    expect(await actions(id)).toEqual([]);
  }
});

test("a person who cancels is sent back to the sign-in", async () => {
  const { email } = await newPerson();
  expect(await newBrowser().signInAs({ email, refuse: true })).toBe(failedWith("cancelled"));
});

test.each([
  ["fails", { kind: "status", status: 500 }, "unreachable"],
  ["cuts the connection", { kind: "lost_answer" }, "unreachable"],
  ["never ends its answer", { kind: "endless", sentBytes: 0 }, "unreachable"],
  ["answers nonsense", { kind: "garbage" }, "provider_error"],
  ["refuses the client", { kind: "error", error: "invalid_client" }, "provider_error"],
  ["sends no ID token", { kind: "fields", fields: { id_token: undefined } }, "provider_error"],
] as const)("a token endpoint that %s: nobody is signed in", async (_what, tokenFault, code) => {
  const { id, email } = await newPerson();
  server.behaviour.tokenFault = tokenFault;
  const browser = newBrowser();
  expect(await browser.signInAs({ email })).toBe(failedWith(code));
  expect((await browser.call("GET", "/session")).status).toBe(401);
  expect(await actions(id)).toEqual([]);
});

test("an ID token with another key's signature is refused", async () => {
  const { email } = await newPerson();
  const browser = newBrowser();
  const url = await browser.begin();
  const callback = await server.authorize(url, { email });
  const genuine = decodeProtectedHeader(await readIdToken(email));
  const { privateKey } = await generateKeyPair("RS256");
  const forged = await new SignJWT({ email, nonce: new URL(url).searchParams.get("nonce") })
    .setProtectedHeader({ alg: "RS256", kid: genuine.kid ?? "" })
    .setIssuer(server.issuer)
    .setAudience(server.client.id)
    .setSubject(email)
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(privateKey);
  server.behaviour.tokenFault = { kind: "fields", fields: { id_token: forged } };
  expect((await browser.finish(callback)).location).toBe(failedWith("provider_error"));
  expect(await admins.stack().log()).toContain("JWT signature verification failed");
});

test("an ID token of another attempt is refused", async () => {
  const { email } = await newPerson();
  const idToken = await readIdToken(email);
  server.behaviour.tokenFault = { kind: "fields", fields: { id_token: idToken } };
  expect(await newBrowser().signInAs({ email })).toBe(failedWith("provider_error"));
});

/** Returns a genuine ID token of the account, with another nonce. */
async function readIdToken(email: string): Promise<string> {
  const browser = newBrowser();
  const url = new URL(await browser.begin());
  const verifier = "v".repeat(43);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  url.searchParams.set("code_challenge", Buffer.from(digest).toString("base64url"));
  const callback = new URL(await server.authorize(url.href, { email }));
  const { id, secret } = server.client;
  const answer = await fetch(server.endpoints.token, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code: callback.searchParams.get("code") ?? "",
      redirect_uri: url.searchParams.get("redirect_uri") ?? "",
      code_verifier: verifier,
    }),
  });
  const granted: unknown = await answer.json();
  if (typeof granted !== "object" || granted === null || !("id_token" in granted)) {
    throw new Error(`Cannot get an ID token: the server answered ${answer.status}`);
  }
  return String(granted.id_token);
}

test("a callback is refused in another browser, the second time, and with another state", async () => {
  const { email } = await newPerson();
  const browser = newBrowser();
  const callback = await server.authorize(await browser.begin(), { email });
  expect((await newBrowser().finish(callback)).location).toBe(failedWith("expired"));
  const other = newBrowser();
  await other.begin();
  expect((await other.finish(callback)).location).toBe(failedWith("expired"));
  const { cookie } = browser;
  expect((await browser.finish(callback)).location).toContain("/admin/users");
  browser.cookie = cookie;
  expect((await browser.finish(callback)).location).toBe(failedWith("provider_error"));
});

test("another site cannot begin a sign-in, and none ends at another site", async () => {
  const { email } = await newPerson();
  const request = { body: { return_to: "/admin/" }, headers: { origin: "https://evil.test" } };
  const foreign = await newBrowser().call("POST", "/session/sso", request);
  expect(foreign).toMatchObject({ status: 403, body: { code: "forbidden" } });
  const browser = newBrowser();
  const callback = await server.authorize(await browser.begin("https://evil.test/"), { email });
  expect((await browser.finish(callback)).location).toBe(`${admins.stack().url}/admin/`);
});

test("an admin with a one-time password is linked without setting a password", async () => {
  const admin = await admins.newAdmin("one_time");
  server.addAccount(admin.email);
  const browser = newBrowser();
  await browser.signInAs({ email: admin.email });
  const { body } = await browser.call("GET", "/session");
  expect(body).toMatchObject({ must_change_password: false, admin: { password: "none" } });
  expect((await admins.newBrowser().signIn(admin.email)).status).toBe(401);
  const refused = await browser.call("POST", "/totp");
  expect(refused).toMatchObject({ status: 409, body: { code: "conflict" } });
  const challenge = { body: { password: "x" } };
  const again = await browser.call("POST", "/passkeys/challenge", challenge);
  expect(again).toMatchObject({ status: 409, body: { code: "conflict" } });
});

test("the page of the sign-in is told both ways", async () => {
  const { body } = await newBrowser().call("GET", "/session/methods");
  expect(body).toEqual({ own: true, sso: { name: "Example ID" } });
});

test("the log has the reasons, and neither codes nor secrets nor addresses", async () => {
  const log = await admins.stack().log();
  expect(log).toContain('"event":"sign_in.refused"');
  expect(log).not.toMatch(/code=|@mail\.test|@example\.com/);
  expect(log).not.toContain(server.client.secret);
});
