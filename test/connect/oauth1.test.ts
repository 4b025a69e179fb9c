import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { en } from "../../edge/connect/words/en.ts";
import type { CommandHandlers } from "../../fleet/relay/answer-commands.ts";
import { startAnsweringFleet } from "../edge/answering-fleet.ts";
import { type Oauth1Server, startOauth1Server } from "../oauth1-server/oauth1-server.ts";
import { type Browser, newBrowser } from "./browser.ts";
import { type ConnectingUser, FAILURE, SUCCESS, useConnect } from "./use-connect.ts";

const edge = useConnect();
const EMAIL = "old@mail.test";
let server: Oauth1Server;
const opened = new AsyncDisposableStack();
let tryLogin: CommandHandlers["check_token_login"];
const accept: typeof tryLogin = ({ usernames: [username = ""] }) =>
  Promise.resolve({ result: "accepted", username });
beforeAll(async () => {
  server = opened.use(await startOauth1Server({ accounts: [EMAIL, "other@mail.test"] }));
  opened.use(
    startAnsweringFleet(edge.stack(), { check_token_login: (command) => tryLogin(command) }),
  );
});
beforeEach(() => {
  tryLogin = accept;
});
afterAll(() => opened.disposeAsync());

async function newOAuth1User(secret = server.consumer.secret): Promise<ConnectingUser> {
  const user = await edge.newUser(await edge.newProvider({ ...server.providerColumns() }));
  const { query, vaults } = edge.stack();
  const row = `partner_connections/${user.connectionId}/oauth1_consumer_secret` as const;
  await query(
    `update partner_connections
     set oauth1_consumer_key = $2, sealed_oauth1_consumer_secret = $3 where id = $1`,
    [user.connectionId, server.consumer.key, await vaults.partner.seal(row, secret)],
  );
  return user;
}

/**
 * Presses the button of the user's connect page, and answers on the provider's consent page. Returns
 * the address to which the provider then redirects the browser.
 */
async function consent(browser: Browser, user: ConnectingUser, refuse = false): Promise<string> {
  const begun = await browser.submit(await user.connectUrl(), {});
  expect(begun.status).toBe(303);
  return server.authorize(begun.location, { email: EMAIL, refuse });
}

test("three legs connect the user with a token that the provider takes", async () => {
  const user = await newOAuth1User();
  const browser = newBrowser();
  const callback = await consent(browser, user);
  expect(await browser.open(callback)).toMatchObject({ status: 303, location: SUCCESS });
  const row = await edge.row(user.id);
  expect(row).toMatchObject({ email: EMAIL, state: "new" });
  expect(row["connected_at"]).toEqual(row["credentials_at"]);
  const opened = await edge
    .stack()
    .vaults.mailbox.open(`users/${user.id}/oauth1_token`, String(row["sealed_oauth1_token"]));
  expect(JSON.parse(opened)).toEqual({ token: expect.any(String), secret: expect.any(String) });
  expect(await edge.events(user.id)).toEqual([{ kind: "user_connected", email: EMAIL }]);
  const again = await browser.open(callback);
  expect(again.status).toBe(410);
  expect(again.text).toContain(en.refusals.spent.text);
});

test("a token that the mail server refuses connects no user", async () => {
  const asked: unknown[] = [];
  tryLogin = (command) => {
    asked.push(command);
    return Promise.resolve({ result: "refused", reason: "imap_disabled" });
  };
  const user = await newOAuth1User();
  const browser = newBrowser();
  const ended = await browser.open(await consent(browser, user));
  expect(ended.location).toMatch(new RegExp(`^${FAILURE}\\?error=login_refused&`));
  expect(asked).toMatchObject([
    {
      user_id: user.id,
      usernames: [EMAIL],
      token: { kind: "oauth1", consumer_key: server.consumer.key },
    },
  ]);
  expect(await edge.row(user.id)).toMatchObject({ connected_at: null, sealed_oauth1_token: null });
  expect(await edge.events(user.id)).toEqual([]);
});

test("a refused consent leads to the failure page", async () => {
  const user = await newOAuth1User();
  const browser = newBrowser();
  const ended = await browser.open(await consent(browser, user, true));
  expect(ended.location).toMatch(new RegExp(`^${FAILURE}\\?error=access_denied&`));
  expect(await edge.row(user.id)).toMatchObject({ connected_at: null, sealed_oauth1_token: null });
});

test("a callback in another browser, or of another attempt, is refused", async () => {
  const user = await newOAuth1User();
  const browser = newBrowser();
  const callback = await consent(browser, user);
  const stranger = newBrowser();
  const nothing = `${edge.stack().url}/oauth1/callback`;
  for (const visit of [
    await stranger.open(callback),
    await browser.open(nothing),
    await browser.open(callback.replace("oauth_token=", "oauth_token=x")),
  ]) {
    expect(visit.status).toBe(403);
    expect(visit.text).toContain(en.refusals.browser.text);
  }
  await consent(stranger, await newOAuth1User());
  expect((await stranger.open(callback)).status).toBe(403);
  expect(await edge.row(user.id)).toMatchObject({ connected_at: null });
});

test("a wrong verifier is a failure", async () => {
  const user = await newOAuth1User();
  const browser = newBrowser();
  const callback = (await consent(browser, user)).replace("oauth_verifier=", "oauth_verifier=x");
  expect((await browser.open(callback)).location).toMatch(/\?error=provider_error&/);
  expect(await edge.row(user.id)).toMatchObject({ connected_at: null });
});

test("a wrong consumer secret is a failure before the person is asked", async () => {
  const user = await newOAuth1User("wrong");
  const ended = await newBrowser().submit(await user.connectUrl(), {});
  expect(ended.location).toMatch(new RegExp(`^${FAILURE}\\?error=provider_error&`));
});

test("a connection without a consumer shows the reason", async () => {
  const user = await edge.newUser(await edge.newProvider({ ...server.providerColumns() }));
  const visit = await newBrowser().open(await user.connectUrl());
  expect(visit.status).toBe(403);
  expect(visit.text).toContain(en.refusals.not_set_up.text);
});

test("the secret of a request token is in no address", async () => {
  const browser = newBrowser();
  const begun = await browser.submit(await (await newOAuth1User()).connectUrl(), {});
  expect([...new URL(begun.location).searchParams.keys()]).toEqual(["oauth_token"]);
  expect(String(begun.headers["set-cookie"])).toMatch(/HttpOnly.*SameSite=Lax/);
});
