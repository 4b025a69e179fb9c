import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newBehaviour } from "../../dev/servers/authorization-server/behaviour.ts";
import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from "../harness/oauth/authorization-server.ts";
import { newOauthApp, type OauthApp } from "./oauth-app.ts";

const ALICE = "alice@demo.test";

let server: TestAuthorizationServer;
let app: OauthApp;

beforeAll(async () => {
  server = await startTestAuthorizationServer({ accounts: [ALICE, "bob@demo.test"] });
  app = newOauthApp(server);
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  Object.assign(server.behaviour, newBehaviour(), { tokenFault: null, revokeFault: null });
});

test("consent leads to tokens, an ID token that its keys verify, and the address", async () => {
  const { tokens, nonce } = await app.connect({ email: ALICE });
  const keys = createRemoteJWKSet(new URL(server.endpoints.jwks));
  const { payload } = await jwtVerify(tokens.id_token ?? "", keys, {
    issuer: server.issuer,
    audience: server.client.id,
  });
  expect(payload).toMatchObject({ email: ALICE, email_verified: true, nonce });
  expect(tokens).toMatchObject({ token_type: "Bearer", expires_in: 3600, scope: server.scopes });
  expect(tokens.refresh_token).toBeTypeOf("string");
  expect(await app.get(server.endpoints.userinfo, tokens.access_token)).toMatchObject({
    status: 200,
    body: { email: ALICE, email_verified: true },
  });
});

test("without OpenID Connect there is no ID token, and the address is returned for the access token", async () => {
  const scope = server.providerColumns({ withoutIdToken: true }).oauth_scopes;
  const { tokens } = await app.connect({ email: ALICE }, { scope });
  expect(tokens).not.toHaveProperty("id_token");
  expect(tokens.refresh_token).toBeTypeOf("string");
  expect(await app.get(server.endpoints.account, tokens.access_token)).toEqual({
    status: 200,
    body: { email: ALICE, email_verified: true },
  });
  expect(await app.get(server.endpoints.account, "wrong")).toMatchObject({ status: 401 });
});

test("an unverified address has no claim about its verification", async () => {
  server.addAccount("carol@demo.test", { emailVerified: "unknown" });
  const { tokens } = await app.connect({ email: "carol@demo.test" });
  const { body } = await app.get(server.endpoints.userinfo, tokens.access_token);
  expect(body).toEqual({ sub: "carol@demo.test", email: "carol@demo.test" });
});

test("a refusal is sent back as access_denied, with the state", async () => {
  const end = await app.authorize({ email: ALICE, refuse: true });
  expect(end.searchParams.get("error")).toBe("access_denied");
  expect(end.searchParams.get("state")).toBe("the-state");
});

test("a scope whose box is not selected is not granted", async () => {
  const withoutScopes = [server.mailScope];
  const { tokens } = await app.connect({ email: ALICE, withoutScopes });
  expect(tokens.scope).toBe("openid email offline_access");
});

test("a code works once, and with its verifier only", async () => {
  const { code, verifier } = await app.codeFor({ email: ALICE });
  expect(await app.exchange(code, "w".repeat(43))).toMatchObject({ error: "invalid_grant" });
  expect(await app.exchange(code, verifier)).toMatchObject({ status: 200 });
  expect(await app.exchange(code, verifier)).toMatchObject({ error: "invalid_grant" });
});

test("a wrong client secret is invalid_client", async () => {
  const stranger = newOauthApp(server, { ...server.client, secret: "wrong" });
  const answer = await stranger.refresh(await server.grantRefreshToken(ALICE));
  expect(answer).toMatchObject({ status: 401, error: "invalid_client" });
});

test("each rotation mode treats the old refresh token as documented", async () => {
  const first = await server.grantRefreshToken(ALICE);
  expect(await app.refresh(first)).toMatchObject({ status: 200, refresh_token: first });

  server.behaviour.rotation = "lenient";
  const second = await app.refresh(first);
  expect(second.refresh_token).not.toBe(first);
  expect((await app.refresh(first)).refresh_token).not.toBe(first);

  server.behaviour.rotation = "strict";
  const third = await app.refresh(second.refresh_token);
  expect(await server.isRefreshTokenAlive(third.refresh_token ?? "")).toBe(true);
  expect(await app.refresh(second.refresh_token)).toMatchObject({ error: "invalid_grant" });
  expect(await server.isRefreshTokenAlive(third.refresh_token ?? "")).toBe(false);
});

test("a consent that is withdrawn ends all tokens of its account, and of no other", async () => {
  const tokens = [await server.grantRefreshToken(ALICE), await server.grantRefreshToken(ALICE)];
  const other = await server.grantRefreshToken("bob@demo.test");
  await server.withdrawConsent(ALICE);
  for (const token of tokens) {
    expect(await app.refresh(token)).toMatchObject({ status: 400, error: "invalid_grant" });
  }
  expect(await app.refresh(other)).toMatchObject({ status: 200 });
});

test("a revoked refresh token no longer works", async () => {
  const token = await server.grantRefreshToken(ALICE);
  const before = server.counts().revoke;
  server.behaviour.revokeFault = { kind: "status", status: 503 };
  expect(await app.revoke(token)).toBe(503);
  expect(await server.isRefreshTokenAlive(token)).toBe(true);
  server.behaviour.revokeFault = null;
  expect(await app.revoke(token)).toBe(200);
  expect(await server.isRefreshTokenAlive(token)).toBe(false);
  expect(server.counts().revoke).toBe(before + 2);
});

test("a provider may issue no refresh token", async () => {
  server.behaviour.issueRefreshTokens = false;
  const { tokens } = await app.connect({ email: ALICE });
  expect(tokens).not.toHaveProperty("refresh_token");
});

test("introspection shows mail servers the owner of a token until it expires", async () => {
  const token = await server.grantAccessToken(ALICE);
  expect(await app.introspect(token)).toMatchObject({
    active: true,
    email: ALICE,
    scope: server.scopes,
  });
  await server.expireAccessTokens(ALICE);
  expect(await app.introspect(token)).toEqual({ active: false });
});

test("an access token has the configured lifetime", async () => {
  server.behaviour.accessTokenTtlSeconds = 7;
  expect((await app.connect({ email: ALICE })).tokens.expires_in).toBe(7);
});
