import { expect, test } from "vitest";
import { REFUSALS, type RefusalCode } from "../../edge/connect/refusals.ts";
import { en } from "../../edge/connect/words/en.ts";
import { PAGE_WORDS } from "../../edge/connect/words/words.ts";
import { newBrowser, type Visit } from "./browser.ts";
import { FAILURE, SUCCESS } from "./use-connect.ts";
import { useOAuth2 } from "./use-oauth2.ts";

const oauth = useOAuth2();

let accounts = 0;
function newAccount(): string {
  accounts += 1;
  const email = `link-${accounts}@mail.test`;
  oauth.server().addAccount(email);
  return email;
}

/** Expects the edge's page that shows the reason for this refusal, and no redirect. */
function expectPage(visit: Visit, code: RefusalCode): void {
  const { status } = REFUSALS[code];
  const { title, text } = en.refusals[code];
  expect(visit).toMatchObject({ status, location: "" });
  expect(visit.headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(visit.headers["content-security-policy"]).toMatch(
    /^default-src 'none'; style-src 'sha256-/,
  );
  expect(visit.text).toContain(`<title>${title}</title>`);
  expect(visit.text).toContain(text);
}

const expectNotConnected = async (userId: string) =>
  expect(await oauth.row(userId)).toMatchObject({ connected_at: null, sealed_refresh_token: null });

test("an expired link shows the reason", async () => {
  const user = await oauth.newOAuth2User();
  const link = await user.connectUrl({ expiresAtMs: Date.now() - 1_000 });
  const visit = await newBrowser().open(link);
  expectPage(visit, "expired");
  expect(visit.text).toContain(`<a href="${FAILURE}?error=link_expired&amp;error_description=`);
});

test("without a failure page, a failure offers the same link again, in the link's language", async () => {
  const user = await oauth.newOAuth2User({ partner: { failureUrl: null, name: "Acme" } });
  const link = `${await user.connectUrl()}?lang=de`;
  const browser = newBrowser();
  const refused = await oauth.connect(link, { email: newAccount(), refuse: true }, browser);
  expect(refused.status).toBe(422);
  expect(refused.headers["content-language"]).toBe("de");
  expect(refused.text).toContain(PAGE_WORDS.de.failures.access_denied);
  const [, again = ""] = /<a href="([^"]*)">Erneut versuchen<\/a>/.exec(refused.text) ?? [];
  expect(again.replaceAll("&amp;", "&")).toContain("lang=de");
  const ended = await oauth.connect(
    again.replaceAll("&amp;", "&"),
    { email: newAccount() },
    browser,
  );
  expect(ended.location).toBe(SUCCESS);
});

test("a changed, cut or invented link shows the reason", async () => {
  const user = await oauth.newOAuth2User();
  const other = await oauth.newOAuth2User();
  const link = await user.connectUrl();
  const payload = /\.[\w-]+\.(?=[\w-]+$)/;
  const [otherPayload = ""] = payload.exec(await other.connectUrl()) ?? [];
  const mixed = link.replace(payload, otherPayload);
  const disconnect = (await user.disconnectUrl()).replace("/disconnect/", "/connect/");
  for (const url of [mixed, link.slice(0, -3), `${oauth.stack().url}/connect/x`, disconnect]) {
    expectPage(await newBrowser().open(url), "invalid");
  }
});

test("a link works once: a second use of it, or of its callback, shows the reason", async () => {
  const user = await oauth.newOAuth2User();
  const link = await user.connectUrl();
  const browser = newBrowser();
  const callback = await oauth.consent(browser, link, { email: newAccount() });
  expect((await browser.open(callback)).location).toBe(SUCCESS);
  const before = await oauth.row(user.id);
  const asked = oauth.server().counts().authorization_code;
  expectPage(await browser.open(callback), "spent");
  expectPage(await browser.open(link), "spent");
  expect(await oauth.row(user.id)).toEqual(before);
  expect(oauth.server().counts().authorization_code).toBe(asked);
});

test("one of two concurrent callbacks connects the user", async () => {
  const email = newAccount();
  const user = await oauth.newOAuth2User();
  const link = await user.connectUrl();
  const browser = newBrowser();
  const callbacks = [
    await oauth.consent(browser, link, { email }),
    await oauth.consent(browser, link, { email }),
  ];
  const ended = await Promise.all(callbacks.map((callback) => browser.open(callback)));
  expect(ended.map(({ status }) => status).toSorted()).toEqual([303, 410]);
  expect(await oauth.events(user.id)).toHaveLength(1);
});

test("a callback in another browser than the link is refused", async () => {
  const user = await oauth.newOAuth2User();
  const callback = await oauth.consent(newBrowser(), await user.connectUrl(), {
    email: newAccount(),
  });
  expectPage(await newBrowser().open(callback), "browser");
  const stranger = newBrowser();
  await stranger.submit(await (await oauth.newOAuth2User()).connectUrl(), {});
  expectPage(await stranger.open(callback), "browser");
  await expectNotConnected(user.id);
});

test("a state that was swapped, changed or left out is refused", async () => {
  const user = await oauth.newOAuth2User();
  const browser = newBrowser();
  const callback = new URL(
    await oauth.consent(browser, await user.connectUrl(), { email: newAccount() }),
  );
  const state = callback.searchParams.get("state") ?? "";
  for (const wrong of ["", "x", `${state.slice(0, -4)}AAAA`]) {
    callback.searchParams.set("state", wrong);
    expectPage(await browser.open(callback.href), "state");
  }
  callback.searchParams.delete("state");
  expectPage(await browser.open(callback.href), "state");
  await expectNotConnected(user.id);
});

test("the state of another attempt cannot be used with this attempt's code", async () => {
  const user = await oauth.newOAuth2User();
  const victim = await oauth.newOAuth2User();
  const browser = newBrowser();
  const callback = new URL(
    await oauth.consent(browser, await user.connectUrl(), { email: newAccount() }),
  );
  const begun = await browser.submit(await victim.connectUrl(), {});
  callback.searchParams.set("state", new URL(begun.location).searchParams.get("state") ?? "");
  const ended = await browser.open(callback.href);
  expect(new URL(ended.location).searchParams.get("error")).toBe("provider_error");
  await expectNotConnected(user.id);
  await expectNotConnected(victim.id);
});

const OK = "https://other.test/done?id=7&x=1";

test.each([
  ["behind ?", `?success=${encodeURIComponent(OK)}`],
  ["behind &, as old clients send them", `&success=${encodeURIComponent(OK)}`],
])("callbacks %s are followed", async (_what, query) => {
  const user = await oauth.newOAuth2User();
  const link = `${await user.connectUrl()}${query}`;
  expect((await oauth.connect(link, { email: newAccount() })).location).toBe(OK);
});

test("a failure callback keeps its query and adds the error", async () => {
  const user = await oauth.newOAuth2User();
  const link = `${await user.connectUrl()}?failure=${encodeURIComponent(OK)}`;
  const ended = await oauth.connect(link, { email: newAccount(), refuse: true });
  const target = new URL(ended.location);
  expect(target.origin).toBe("https://other.test");
  expect(Object.fromEntries(target.searchParams)).toMatchObject({
    id: "7",
    x: "1",
    error: "access_denied",
  });
});

test("callbacks with unregistered origins are replaced by the partner's own", async () => {
  const user = await oauth.newOAuth2User();
  const evil = encodeURIComponent("https://evil.test/x");
  const link = `${await user.connectUrl()}?success=${evil}&failure=${evil}`;
  const email = newAccount();
  const refused = await oauth.connect(link, { email, refuse: true });
  expect(refused.location).toMatch(new RegExp(`^${FAILURE}\\?error=`));
  expect((await oauth.connect(link, { email })).location).toBe(SUCCESS);
});

test("a user that was archived or removed meanwhile is not connected", async () => {
  const user = await oauth.newOAuth2User();
  const link = await user.connectUrl();
  const browser = newBrowser();
  const callback = await oauth.consent(browser, link, { email: newAccount() });
  const { query } = oauth.stack();
  await query("update users set archived_at = now(), state = 'archived' where id = $1", [user.id]);
  expectPage(await browser.open(callback), "gone");
  expectPage(await browser.open(link), "gone");
  await expectNotConnected(user.id);
  await query("delete from users where id = $1", [user.id]);
  expectPage(await browser.open(link), "gone");
});

test("a disabled provider shows the reason", async () => {
  const user = await oauth.newUser("GMAIL_OAUTH1");
  const visit = await newBrowser().open(await user.connectUrl());
  expect(visit).toMatchObject({ status: 403, location: "" });
  expect(visit.text).toContain("Google ended OAuth 1.0a and XOAUTH on 5 May 2015");
});

test("a connection without an OAuth client shows the reason", async () => {
  const user = await oauth.newOAuth2User({ connection: { oauth2_client_id: null } });
  expectPage(await newBrowser().open(await user.connectUrl()), "not_set_up");
});

test("a GET changes nothing and asks no provider, however often a scanner sends it", async () => {
  const user = await oauth.newOAuth2User();
  const link = await user.connectUrl();
  const before = await oauth.row(user.id);
  for (const url of [link, link, await user.disconnectUrl()]) {
    const { status, headers, location } = await newBrowser().open(url);
    expect([status, headers["set-cookie"], location]).toEqual([200, undefined, ""]);
  }
  expect(await oauth.row(user.id)).toEqual(before);
  expect((await newBrowser().submit(link, {})).status).toBe(303);
});

test("no secret is in an address or a page, and no code in the log", async () => {
  const email = newAccount();
  const user = await oauth.newOAuth2User();
  const browser = newBrowser();
  const begun = await browser.submit(await user.connectUrl(), {});
  const callback = await oauth.server().authorize(begun.location, { email });
  const ended = await browser.open(callback);
  const { sealed_refresh_token: sealed } = await oauth.row(user.id);
  const refreshToken = await oauth
    .stack()
    .vaults.mailbox.open(`users/${user.id}/refresh_token`, String(sealed));
  const secrets = [refreshToken, oauth.server().client.secret];
  for (const place of [begun.location, begun.text, ended.location, ended.text, callback]) {
    for (const secret of secrets) expect(place).not.toContain(secret);
  }
  const log = await oauth.stack().log();
  expect(log).toContain("user.connected");
  const { searchParams } = new URL(callback);
  const token = new URL(begun.location).searchParams.get("state") ?? "";
  for (const secret of [...secrets, email, searchParams.get("code") ?? "", token]) {
    expect(log).not.toContain(secret);
  }
});
