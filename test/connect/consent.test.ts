import { expect, test } from "vitest";
import { en } from "../../edge/connect/words/en.ts";
import { PAGE_WORDS } from "../../edge/connect/words/words.ts";
import { newBrowser } from "./browser.ts";
import { type ConnectingUser, FAILURE, type NewUserOptions, SUCCESS } from "./use-connect.ts";
import { useOAuth2 } from "./use-oauth2.ts";

const oauth = useOAuth2();

let accounts = 0;
function newAccount(): string {
  accounts += 1;
  const email = `consent-${accounts}@mail.test`;
  oauth.server().addAccount(email);
  return email;
}

test("before the provider, a page says what the partner receives, and only its button goes on", async () => {
  const user = await oauth.newOAuth2User({
    partner: { name: "Acme <Mail>", privacyUrl: "https://acme.test/privacy" },
  });
  const link = `${await user.connectUrl()}?lang=de`;
  const { status, headers, text } = await newBrowser().open(link);
  expect(status).toBe(200);
  const { origin } = new URL(oauth.server().endpoints.issuer);
  expect(headers["content-security-policy"]).toMatch(
    new RegExp(
      `; form-action 'self' https: ${origin} https://app.test; base-uri 'none'; frame-ancestors 'none'$`,
    ),
  );
  expect(headers).toMatchObject({ "content-language": "de", "cache-control": "no-store" });
  const { consent } = PAGE_WORDS.de;
  const partner = "<bdi>Acme &lt;Mail&gt;</bdi>";
  const provider = "<bdi>Test Mail</bdi>";
  for (const said of [
    ...[consent.asks, consent.heading, consent.newMail, consent.oldMail, consent.ending],
    ...[consent.signIn, consent.continue, consent.cancel, consent.privacy],
  ]) {
    expect(text).toContain(said.replaceAll("{partner}", partner).replace("{provider}", provider));
  }
  expect(text).not.toMatch(/<script|type="password"/);
  const { pathname, search } = new URL(link);
  expect(text).toContain(`<form method="post" action="${pathname}${search}">`);
  expect(text).toContain(`<a href="${FAILURE}?error=access_denied&amp;error_description=`);
  const begun = await newBrowser().submit(link, {});
  expect(begun).toMatchObject({ status: 303, location: expect.stringMatching(`^${origin}/`) });
  expect(String(begun.headers["set-cookie"])).toMatch(/HttpOnly.*SameSite=Lax/);
});

test("the button of another site does not go on to the provider", async () => {
  const user = await oauth.newOAuth2User();
  const headers = { "sec-fetch-site": "cross-site", origin: "https://evil.test" };
  const visit = await newBrowser().submit(await user.connectUrl(), {}, headers);
  expect(visit).toMatchObject({ status: 403, location: "" });
  expect(visit.text).toContain(en.refusals.origin.text);
  expect(visit.headers["set-cookie"]).toBeUndefined();
});

test("a partner that asks for consent itself has no such page", async () => {
  const user = await oauth.newOAuth2User({ partner: { consentPage: false } });
  const begun = await newBrowser().open(await user.connectUrl());
  expect(begun.status).toBe(303);
  expect(new URL(begun.location).origin).toBe(new URL(oauth.server().endpoints.issuer).origin);
});

const PASSWORD = "canary password";
const blank = { host: "", port: "993", security: "tls" };

/** Creates a user with a form, and one with the same tag whose provider uses OAuth 2. */
async function newChoice() {
  const form = await oauth.newUser("IMAP", { partner: { providerChoice: true } });
  return { form, consent: await addOAuth2User(form) };
}

type Row = Record<string, unknown>;

/** Adds a user with the same tag, whose provider uses OAuth 2. */
async function addOAuth2User(
  form: ConnectingUser,
  {
    provider,
    connection,
    user = {},
  }: Partial<Record<"provider" | "connection" | "user", Row>> = {},
): Promise<ConnectingUser> {
  const { client, providerColumns } = oauth.server();
  const code = await oauth.newProvider({ ...providerColumns(), ...provider });
  return oauth.addUser(form, code, {
    ...{ clientSecret: client.secret, user },
    connection: { oauth2_client_id: client.id, ...connection },
  });
}

/** Returns the links of the other providers that a page offers. */
const offersOf = (text: string) =>
  [...text.matchAll(/<li><a href="([^"]*)"><bdi>([^<]*)<\/bdi><\/a><\/li>/g)].map(
    ([, url = "", title = ""]) => ({ title, url: url.replaceAll("&amp;", "&") }),
  );

test("a page offers the other providers of the same tag, and one of the links works once", async () => {
  const { form, consent } = await newChoice();
  const link = `${await form.connectUrl()}?lang=fr&success=https%3A%2F%2Fother.test%2Fok`;
  const shown = await newBrowser().open(link);
  expect(shown.text).toContain(`<h2>${PAGE_WORDS.fr.choice.heading}</h2>`);
  const [offer, ...more] = offersOf(shown.text);
  expect([offer?.title, more]).toEqual(["Test Mail", []]);
  const other = offer?.url ?? "";
  const back = offersOf((await newBrowser().open(other)).text);
  expect(back.map(({ title }) => title)).toEqual(["Any IMAP server"]);

  const email = newAccount();
  expect((await oauth.connect(other, { email })).location).toBe("https://other.test/ok");
  expect(await oauth.row(consent.id)).toMatchObject({ email, credentials_at: expect.any(Date) });
  for (const used of [link, other, back[0]?.url ?? ""]) {
    const visit = await newBrowser().open(used);
    expect(visit.status).toBe(410);
    expect(visit.text).toContain(PAGE_WORDS.fr.refusals.spent.title);
  }
  expect(await oauth.row(form.id)).toMatchObject({ credentials_at: null });
});

test("an offered link does not work once its user has been connected in another way", async () => {
  const { form, consent } = await newChoice();
  const [offer] = offersOf((await newBrowser().open(await form.connectUrl())).text);
  const other = offer?.url ?? "";
  const browser = newBrowser();
  const callback = await oauth.consent(browser, other, { email: newAccount() });
  const email = newAccount();
  await oauth.connect(await consent.connectUrl(), { email });
  for (const url of [callback, other]) {
    expect(await browser.open(url)).toMatchObject({ status: 410, location: "" });
  }
  expect(await oauth.row(consent.id)).toMatchObject({ email });
});

test("a link that was used for a form stays used until an attempt of its other links has ended", async () => {
  const { form } = await newChoice();
  const expiresAtMs = Math.floor(Date.now() / 1_000) * 1_000 + 60_000;
  const link = await form.connectUrl({ expiresAtMs });
  const typed = { ...blank, login: "me@gmx.de", password: PASSWORD };
  const [offer] = offersOf((await newBrowser().open(link)).text);
  const browser = newBrowser();
  const callback = await oauth.consent(browser, offer?.url ?? "", { email: newAccount() });
  expect((await newBrowser().submit(link, typed)).location).toBe(SUCCESS);
  expect((await browser.open(callback)).status).toBe(410);
  const [spent] = await oauth
    .stack()
    .query("select expires_at from spent_links where user_id = $1", [form.id]);
  expect(spent).toEqual({ expires_at: new Date(expiresAtMs + 30 * 60_000) });
});

test("an account that is connected while the login of an offered link is tried is not replaced", async () => {
  const { form, consent } = await newChoice();
  const [offer] = offersOf((await newBrowser().open(await form.connectUrl())).text);
  const email = newAccount();
  oauth.fleet.answer = async ([username = ""]) => {
    const taken = "update users set credentials_at = now() where id = $1";
    await oauth.stack().query(taken, [consent.id]);
    return { result: "accepted", username };
  };
  expect(await oauth.connect(offer?.url ?? "", { email })).toMatchObject({ status: 410 });
  expect(await oauth.row(consent.id)).toMatchObject({ email: null, sealed_refresh_token: null });
  expect(await oauth.events(consent.id)).toEqual([]);
});

const now = () => new Date().toISOString();

test.each<[what: string, NewUserOptions, other: Parameters<typeof addOAuth2User>[1]]>([
  ["the partner has not turned it on", { partner: { providerChoice: false } }, undefined],
  ["this user has credentials", { user: { credentials_at: now() } }, undefined],
  ["the other user has credentials", {}, { user: { credentials_at: now() } }],
  ["the other user is archived", {}, { user: { archived_at: now() } }],
  ["the other user has another tag", {}, { user: { tag: "another" } }],
  ["the other provider is disabled", {}, { provider: { enabled: false } }],
  ["the other connection has no client", {}, { connection: { oauth2_client_id: null } }],
])("a page offers no other provider when %s", async (_what, options, other) => {
  const form = await oauth.newUser("IMAP", {
    ...options,
    partner: { providerChoice: true, ...options.partner },
  });
  await addOAuth2User(form, other);
  const { status, text } = await newBrowser().open(await form.connectUrl());
  expect([status, offersOf(text)]).toEqual([200, []]);
});

test("a page offers no user of another partner, and none to a link to disconnect", async () => {
  const { form } = await newChoice();
  const stranger = await oauth.newUser("IMAP", { partner: { providerChoice: true } });
  await addOAuth2User({ ...stranger, tag: form.tag });
  expect(offersOf((await newBrowser().open(await form.connectUrl())).text)).toHaveLength(1);
  expect(offersOf((await newBrowser().open(await form.disconnectUrl())).text)).toEqual([]);
});

test("the page of a login belongs to the user of its link alone", async () => {
  const { form } = await newChoice();
  const other = await oauth.addUser(form, "YAHOO");
  const link = await form.connectUrl();
  const offer = offersOf((await newBrowser().open(link)).text).find(
    ({ title }) => title === "Yahoo Mail",
  );
  const login = { login: "me@mail.test", password: "secret" };
  expect((await newBrowser().submit(offer?.url ?? "", login)).location).toBe(SUCCESS);
  const [command] = await oauth
    .stack()
    .query("select id from commands order by created_at desc limit 1");
  const foreign = await newBrowser().open(`${link}?try=${String(command?.["id"])}`);
  expect(foreign).toMatchObject({ status: 410, location: "" });
  expect(await oauth.row(other.id)).toMatchObject({ login_username: "me@mail.test" });
});

test("the form knows the server of an address at a well-known provider", async () => {
  const user = await oauth.newUser("IMAP");
  const typed = { ...blank, login: "me@gmx.de", password: PASSWORD };
  const ended = await newBrowser().submit(await user.connectUrl(), typed);
  expect(ended.location).toBe(SUCCESS);
  expect(await oauth.row(user.id)).toMatchObject({
    ...{ imap_host: "imap.gmx.net", imap_port: 993, imap_security: "tls" },
  });
});

test("the form says which password a provider takes, and fills in its server", async () => {
  const user = await oauth.newUser("IMAP", { user: { email: "me@gmail.com" } });
  const { text } = await newBrowser().open(await user.connectUrl());
  expect(text).toContain("This is an address of <bdi>Gmail</bdi>.");
  expect(text).toContain("<bdi>Gmail</bdi> requires an app password here");
  expect(text).toContain('href="https://support.google.com/accounts/answer/185833"');
  expect(text).toMatch(/<input id="host"[^>]* value="imap\.gmail\.com"/);
  expect(text).not.toContain('role="alert"');
  const typed = { ...blank, login: "me@icloud.com", password: "" };
  const refused = await newBrowser().submit(await user.connectUrl(), typed);
  expect(refused.status).toBe(422);
  expect(refused.text).toContain("<bdi>iCloud Mail</bdi> requires an app password here");
});

test("the form offers the provider of the address before it tries a password", async () => {
  const form = await oauth.newUser("IMAP", { partner: { providerChoice: true } });
  const provider = { imap_host: "imap.gmail.com", title: "Gmail" };
  await addOAuth2User(form, { provider });
  const link = await form.connectUrl();
  const typed = { ...blank, login: "me@gmail.com", password: PASSWORD };
  const asked = await newBrowser().submit(link, typed);
  expect(asked).toMatchObject({ status: 422, location: "" });
  expect(asked.text).toContain("<title>Error: Connect your mail account</title>");
  expect(asked.text).toMatch(
    /<div role="alert">\s*<p>\s*This is an address of <bdi>Gmail<\/bdi>\./,
  );
  const [offer] = offersOf(asked.text);
  const escaped = offer?.url.replaceAll("&", "&amp;");
  expect(asked.text).toContain(`<a href="${escaped}">Continue to <bdi>Gmail</bdi></a>`);
  expect(asked.text).toContain(en.detected.continueHere);
  expect(asked.text).toContain('value="me@gmail.com"');
  expect(asked.text).not.toContain("canary");
  expect(await oauth.row(form.id)).toMatchObject({ credentials_at: null });

  const [, noticed = ""] = /name="noticed" value="([^"]*)"/.exec(asked.text) ?? [];
  const again = await newBrowser().submit(link, { ...typed, noticed });
  expect(again.location).toBe(SUCCESS);
  expect(await oauth.row(form.id)).toMatchObject({ imap_host: "imap.gmail.com" });
});

test("the form says that Outlook takes no password, and whom to ask", async () => {
  const user = await oauth.newUser("IMAP", { partner: { name: "Acme" } });
  const typed = { ...blank, login: "me@hotmail.com", password: PASSWORD };
  const asked = await newBrowser().submit(await user.connectUrl(), typed);
  expect(asked.status).toBe(422);
  for (const said of [en.detected.noPasswords, en.detected.askPartner]) {
    const filled = said.replace("{provider}", "<bdi>Outlook</bdi>");
    expect(asked.text).toContain(filled.replace("{partner}", "<bdi>Acme</bdi>"));
  }
  expect(asked.text).not.toContain("canary");
});
