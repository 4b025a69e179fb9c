import { expect, test } from "vitest";
import { en } from "../../edge/connect/words/en.ts";
import { reasonText } from "../../shared/users/reasons.ts";
import { newBrowser } from "./browser.ts";
import { FAILURE, SUCCESS } from "./use-connect.ts";
import { useOAuth2 } from "./use-oauth2.ts";

const oauth = useOAuth2();

let accounts = 0;
/** Creates an account whose ID token contains both the mail address and a different user name. */
function newAccount() {
  accounts += 1;
  const email = `ann-${accounts}@mail.test`;
  const upn = `a.smith-${accounts}@corp.mail.test`;
  oauth.server().addAccount(email, { preferredUsername: upn });
  return { email, upn };
}

/** Makes the simulated mail server accept only this login name. */
function knowOnly(name: string): void {
  oauth.fleet.answer = (usernames) =>
    usernames.includes(name)
      ? { result: "accepted", username: name }
      : { result: "refused", reason: "token_refused" };
}

const refusedFor = (reason: string) => {
  const query = { error: "login_refused", error_description: reasonText(reason), reason };
  return { status: 303, location: `${FAILURE}?${new URLSearchParams(query).toString()}` };
};

test("the address is tried first, and stays the login name where it is taken", async () => {
  const { email, upn } = newAccount();
  const user = await oauth.newOAuth2User();
  expect((await oauth.connect(await user.connectUrl(), { email })).location).toBe(SUCCESS);
  expect(oauth.fleet.asked).toEqual([[email, upn]]);
  expect(await oauth.row(user.id)).toMatchObject({ email, token_username: null });
});

test("a mail server that takes the sign-in name alone is logged in to under it", async () => {
  const { email, upn } = newAccount();
  const user = await oauth.newOAuth2User();
  knowOnly(upn);
  expect((await oauth.connect(await user.connectUrl(), { email })).location).toBe(SUCCESS);
  const row = await oauth.row(user.id);
  expect(row).toMatchObject({ email, token_username: upn, login_username: null });
  expect(row["connected_at"]).toEqual(row["credentials_at"]);
  expect(await oauth.events(user.id)).toEqual([{ kind: "user_connected", email }]);

  // A later login under the mail address removes the stored name.
  knowOnly(email);
  await oauth.connect(await user.connectUrl(), { email });
  expect(await oauth.row(user.id)).toMatchObject({ token_username: null, account_epoch: 0 });
});

test("an account that the mail server refuses is not connected, no event is sent, and the link still works", async () => {
  const { email } = newAccount();
  const user = await oauth.newOAuth2User();
  const before = await oauth.row(user.id);
  const link = await user.connectUrl();
  oauth.fleet.answer = () => ({ result: "refused", reason: "imap_disabled" });
  expect(await oauth.connect(link, { email })).toMatchObject(refusedFor("imap_disabled"));
  expect(await oauth.row(user.id)).toEqual(before);
  expect(await oauth.events(user.id)).toEqual([]);
  knowOnly(email);
  expect((await oauth.connect(link, { email })).location).toBe(SUCCESS);
});

test("a connected user stays connected when another consent is refused", async () => {
  const { email } = newAccount();
  const user = await oauth.newOAuth2User();
  await oauth.connect(await user.connectUrl(), { email });
  const before = await oauth.row(user.id);
  oauth.fleet.answer = () => ({ result: "refused", reason: "token_refused" });
  const ended = await oauth.connect(await user.connectUrl(), { email });
  expect(ended).toMatchObject(refusedFor("token_refused"));
  expect(await oauth.row(user.id)).toEqual(before);
  expect(await oauth.events(user.id)).toHaveLength(1);
});

test("a reason of another version is shown with our own text", async () => {
  const { email } = newAccount();
  const user = await oauth.newOAuth2User({ partner: { failureUrl: null } });
  oauth.fleet.answer = () => ({ result: "refused", reason: "licence_expired" });
  const ended = await oauth.connect(await user.connectUrl(), { email });
  expect(ended).toMatchObject({ status: 422, location: "" });
  expect(ended.text).toContain("licence expired");
  expect(en.failures.login_refused).toContain("IMAP");
});

test("a name that the partner set is the only one that is tried, and it stays", async () => {
  const { email } = newAccount();
  const shared = "orders@corp.mail.test";
  const user = await oauth.newOAuth2User({ user: { login_username: shared } });
  knowOnly(shared);
  expect((await oauth.connect(await user.connectUrl(), { email })).location).toBe(SUCCESS);
  expect(oauth.fleet.asked).toEqual([[shared]]);
  const names = { email, login_username: shared, token_username: null };
  expect(await oauth.row(user.id)).toMatchObject(names);
  await newBrowser().submit(await user.disconnectUrl(), {});
  expect(await oauth.row(user.id)).toMatchObject({ ...names, sealed_refresh_token: null });
});

test("an account other than the user's is refused before its mailbox is tried", async () => {
  const { email } = newAccount();
  const user = await oauth.newOAuth2User({ user: { email: "other@mail.test" } });
  const ended = await oauth.connect(await user.connectUrl(), { email });
  expect(ended.location).toContain("error=wrong_account");
  expect(oauth.fleet.asked).toEqual([]);
});

test("an account whose mail server is down is saved, but does not count as connected", async () => {
  const { email, upn } = newAccount();
  const user = await oauth.newOAuth2User();
  oauth.fleet.answer = () => ({ result: "unknown", reason: "server_unavailable" });
  const ended = await oauth.connect(await user.connectUrl(), { email });
  expect(ended).toMatchObject({ status: 303, location: `${SUCCESS}?login=pending` });
  expect(oauth.fleet.asked).toEqual([[email, upn]]);
  const row = await oauth.row(user.id);
  expect(row).toMatchObject({ email, state: "new", connected_at: null, token_username: null });
  expect(row["token_usernames"]).toEqual([upn]);
  expect(row["credentials_at"]).toBeInstanceOf(Date);
  expect(row["sealed_refresh_token"]).not.toBeNull();
  expect(await oauth.events(user.id)).toEqual([]);

  const link = await user.disconnectUrl();
  expect((await newBrowser().open(link)).text).toContain(`Disconnect ${email}`);
  await newBrowser().submit(link, {});
  const forgotten = { sealed_refresh_token: null, token_usernames: null };
  expect(await oauth.row(user.id)).toMatchObject(forgotten);
});

// Takes 5 s: the edge waits this long for the fleet to accept a command (TAKE_TIMEOUT_MS). Tests
// that need the fleet must come before this test, which stops the simulated fleet.
test("our own page shows the result when there is no fleet to try the login", async () => {
  const { email } = newAccount();
  const user = await oauth.newOAuth2User({ partner: { successUrl: null } });
  await oauth.fleet.stop();
  const ended = await oauth.connect(await user.connectUrl(), { email });
  expect(ended).toMatchObject({ status: 200, location: "" });
  expect(ended.text).toContain("<title>Your account is saved</title>");
  expect(ended.text).toContain("We are still trying to log in");
  expect(ended.text).not.toContain("is connected");
  expect(await oauth.row(user.id)).toMatchObject({ email, connected_at: null });
  expect(await oauth.events(user.id)).toEqual([]);
  const waiting = await oauth.stack().query("select 1 from commands where taken_at is null");
  expect(waiting).toEqual([]);
});

test("no name and no token is in a log", async () => {
  const log = await oauth.stack().log();
  expect(log).toContain("connect.login_unknown");
  for (const secret of ["@corp.mail.test", "@mail.test", "access_token"]) {
    expect(log).not.toContain(secret);
  }
});
