import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { expect, test } from "vitest";
import { OAUTH_PROVIDER, PROVIDER } from "../../dev/seed/seed.ts";
import { OAUTH_TAG } from "../../dev/seed/seed-users.ts";
import { walkConsent } from "../harness/oauth/consent-walk.ts";
import { eventually } from "../harness/eventually.ts";
import { startWitnessedStack, type WitnessedStack } from "./witnessed-stack.ts";

const shownUser = v.object({
  state: v.string(),
  connect_url: v.string(),
  disconnect_url: v.string(),
});
const OAUTH_CONNECTION = `/connections/${OAUTH_PROVIDER}`;
const OAUTH_USER = `${OAUTH_CONNECTION}/users/${OAUTH_TAG}`;
const PLAIN_USERS = `/connections/${PROVIDER}/users`;
const ACCOUNT = "olga@demo.test";
const READ = [
  ...["/connections", "/events", "/api-keys", "/webhooks/secret", "/webhooks/signing-key"],
  ...[OAUTH_USER, PLAIN_USERS],
];

const show = async ({ api }: WitnessedStack, user: string) =>
  v.parse(shownUser, (await api("GET", user)).body);

const until = (world: WitnessedStack, user: string, state: string) =>
  eventually(`${user} to be ${state}`, async () =>
    (await show(world, user)).state === state ? true : undefined,
  );

/**
 * Opens the link, consents at the provider, and opens the callback.
 * @returns the answer to the callback.
 */
async function connect(world: WitnessedStack, link: string, beforeCallback?: () => Promise<void>) {
  const { browser } = world;
  const begun = await browser.submit(link, {});
  const callback = await walkConsent(begun.location, { email: ACCOUNT });
  await world.plantTokens();
  await beforeCallback?.();
  const ended = await browser.open(callback);
  await world.plantTokens();
  return ended;
}

const plant = ({ secrets }: WitnessedStack, name: string) => {
  const canary = `canary-${randomUUID()}`;
  secrets.plant(name, canary);
  return canary;
};

test("no log, answer, page, address or webhook ever contains a secret", async () => {
  await using world = await startWitnessedStack();
  await sendWrongRequests(world);
  await useAndRevokeKey(world);
  await rotateWebhookSecret(world);
  await connectByForm(world);
  await connectByConsent(world);
  await failToRefresh(world);
  await disconnect(world);
  for (const path of READ) expect((await world.api("GET", path)).status).toBe(200);
  const log = await world.look();
  for (const event of ["user.connected", "connect.failed", "token.refreshed", "token.revoked"]) {
    expect(log).toContain(`"event":"${event}"`);
  }
  expect(world.secrets.leaks()).toEqual([]);
  expect(world.passes.leaks()).toEqual([]);
});

async function sendWrongRequests(world: WitnessedStack): Promise<void> {
  const { api } = world;
  const password = plant(world, "a password in a wrong request");
  const token = plant(world, "a refresh token in a wrong request");
  for (const body of [
    { tag: "x", login_password: { password } },
    { tag: { password }, login_password: password },
    { tag: "x", passwort: password },
    { tag: "x", login_username: "x".repeat(1_000), login_password: password },
    { tag: "x", oauth2_refresh_token: token },
    `{"tag": "x", "login_password": "${password}"`,
  ]) {
    expect((await api("POST", PLAIN_USERS, { body })).status).toBeGreaterThanOrEqual(400);
  }
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  for (const body of [
    JSON.stringify({ tag: "x", login_password: password }),
    `tag=&login_password=${password}`,
  ]) {
    expect((await api("POST", PLAIN_USERS, { body, headers })).status).toBe(422);
  }
  const wrongKey = plant(world, "a wrong API key");
  const refused = await api("GET", PLAIN_USERS, { headers: { "x-api-key": wrongKey } });
  expect(refused.status).toBe(401);
}

async function useAndRevokeKey(world: WitnessedStack): Promise<void> {
  const { api } = world;
  const made = await fetchNewKey(world);
  const headers = { "x-api-key": made.key };
  expect((await api("GET", PLAIN_USERS, { headers })).status).toBe(200);
  expect((await api("DELETE", `/api-keys/${made.id}`)).status).toBeLessThan(300);
  expect((await api("GET", PLAIN_USERS, { headers })).status).toBe(401);
}

async function fetchNewKey(world: WitnessedStack) {
  const made = v.parse(
    v.object({ id: v.string(), key: v.string() }),
    await ask(world, "/api-keys"),
  );
  world.secrets.plant("another API key", made.key);
  return made;
}

/**
 * Rotates the webhook secret and the signing key. Later webhooks are signed with four keys: the old
 * and the new one of each kind.
 */
async function rotateWebhookSecret(world: WitnessedStack): Promise<void> {
  const { secret } = v.parse(
    v.object({ secret: v.string() }),
    await ask(world, "/webhooks/secret"),
  );
  world.secrets.plant("another webhook secret", secret);
  for (const force of [false, true]) {
    const answer = await world.api("POST", "/webhooks/signing-key", { body: { force } });
    expect(answer.status).toBe(201);
  }
}

/**
 * Sends a request whose answer must contain a secret. So this answer is not searched for secrets.
 */
async function ask({ stack }: WitnessedStack, path: string): Promise<unknown> {
  const response = await fetch(`${stack.addresses.edge}/api/v1${path}`, {
    method: "POST",
    headers: { "x-api-key": stack.addresses.partner.api_key },
  });
  return response.json();
}

async function connectByForm(world: WitnessedStack): Promise<void> {
  const { api, browser, mailbox } = world;
  await api("POST", PLAIN_USERS, { body: { tag: "canary" } });
  const { connect_url: link } = await show(world, `${PLAIN_USERS}/canary`);
  const wrong = { login: mailbox.login, password: plant(world, "a wrong password") };
  expect((await browser.submit(link, wrong)).status).toBe(422);
  expect((await browser.submit(link, mailbox)).status).toBe(200);
  await until(world, `${PLAIN_USERS}/canary`, "watching");
}

/** Fails to connect, twice. Then connects, and restarts the fleet, which refreshes the token. */
async function connectByConsent(world: WitnessedStack): Promise<void> {
  const { api, stack } = world;
  const { authorizationServer, fleet } = stack.programs;
  const { connect_url: link } = await show(world, OAUTH_USER);
  const secret = stack.keys.oauth.client.secret;
  const wrong = { oauth2_client_secret: plant(world, "a wrong client secret") };
  const refused = await connect(world, link, async () => {
    expect((await api("PUT", OAUTH_CONNECTION, { body: wrong })).status).toBe(200);
  });
  expect(refused.text).toContain("The account was not connected");
  await api("PUT", OAUTH_CONNECTION, { body: { oauth2_client_secret: secret } });
  expect((await connect(world, link, () => authorizationServer.stop())).status).toBe(503);
  await authorizationServer.start();
  expect((await connect(world, link)).text).toContain("The account is connected");
  await until(world, OAUTH_USER, "watching");
  await fleet.restart();
  await until(world, OAUTH_USER, "watching");
  await world.plantTokens();
}

async function failToRefresh(world: WitnessedStack): Promise<void> {
  const { api, stack } = world;
  const users = `${OAUTH_CONNECTION}/users`;
  const refreshToken = plant(world, "a refresh token that the provider does not know");
  const body = { tag: "known", email: "omar@demo.test", oauth2_refresh_token: refreshToken };
  expect((await api("POST", users, { body })).status).toBe(201);
  await until(world, `${users}/known`, "auth_failed");
  await stack.sink.waitFor(({ path }) => path === "/user_auth_failed", AbortSignal.timeout(60_000));
}

async function disconnect(world: WitnessedStack): Promise<void> {
  const { disconnect_url: link } = await show(world, OAUTH_USER);
  expect((await world.browser.submit(link, {})).status).toBe(200);
  await eventually("the token to be revoked", async () =>
    (await world.plantTokens()).length === 0 ? true : undefined,
  );
}
