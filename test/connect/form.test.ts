import { Buffer } from "node:buffer";
import { expect, test } from "vitest";
import { en } from "../../edge/connect/words/en.ts";
import { PAGE_WORDS } from "../../edge/connect/words/words.ts";
import { reasonText } from "../../shared/users/reasons.ts";
import { answerNextCommand } from "./answer-next-command.ts";
import { newBrowser } from "./browser.ts";
import { SUCCESS, useConnect } from "./use-connect.ts";

const edge = useConnect();

const PASSWORD = "canary <pass> & word";
const login = { login: "me@mail.test", password: PASSWORD };

test("the form names the account and the kind of password, and is prefilled with known values", async () => {
  const user = await edge.newUser("ICLOUD", {
    partner: { name: "Acme <Mail>" },
    user: { email: "me@icloud.test" },
  });
  const { status, headers, text } = await newBrowser().open(await user.connectUrl());
  expect(status).toBe(200);
  expect(headers["content-security-policy"]).toMatch(
    /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' https: https:\/\/app\.test; base-uri 'none'; frame-ancestors 'none'$/,
  );
  expect(text).toContain('<html lang="en">');
  expect(text).toContain("<title>Connect iCloud Mail</title>");
  expect(text).toContain("Acme &lt;Mail&gt;");
  expect(text).toContain("app-specific password");
  expect(text).toContain('href="https://support.apple.com/102654"');
  expect(text).toMatch(/<label for="login">.*<input id="login"[^>]* value="me@icloud\.test"/s);
  expect(text).toMatch(/<input id="password"[^>]* type="password" autocomplete="current-password"/);
  expect(text).not.toContain('name="host"');
  expect(text).not.toMatch(/<script|https?:\/\/[^"]*\.(css|js|png)/);
});

test("the form says what the partner receives, and how this ends, in the browser's language", async () => {
  const user = await edge.newUser("IMAP", { partner: { name: "Acme" } });
  const headers = { "accept-language": "ja-JP,ja;q=0.9,en;q=0.8" };
  const answer = await fetch(await user.connectUrl(), { headers });
  const text = await answer.text();
  const { consent, form } = PAGE_WORDS.ja;
  for (const said of [consent.titleOwnServer, consent.newMail, consent.readOnly, form.submit]) {
    expect(text).toContain(said);
  }
  expect(text).toContain(consent.ending.replace("{partner}", "<bdi>Acme</bdi>"));
  expect(text).toContain(form.appPasswordUsual);
});

test("a stored name with direction characters is shown with escapes", async () => {
  const name = "Acme\u202efdp\u0085";
  const user = await edge.newUser("ICLOUD", { partner: { name } });
  const { text } = await newBrowser().open(await user.connectUrl());
  expect(text).toContain(String.raw`<bdi>Acme\u202efdp\u0085</bdi>`);
  expect(text).not.toMatch(/[\u202e\u0085]/);
});

test("a login that the mail server takes connects the user and leads to the success page", async () => {
  const user = await edge.newUser("FASTMAIL");
  const [ended, request] = await Promise.all([
    newBrowser().submit(await user.connectUrl(), login),
    answerNextCommand(edge.stack(), { result: "accepted" }),
  ]);
  expect(request).toEqual({
    kind: "check_login",
    user_id: user.id,
    login_username: "me@mail.test",
    login_password: PASSWORD,
    imap_host: null,
    imap_port: null,
    imap_security: null,
  });
  expect(ended).toMatchObject({ status: 303, location: SUCCESS });
  const row = await edge.row(user.id);
  expect(row).toMatchObject({ login_username: "me@mail.test", state: "new", imap_host: null });
  expect(row["connected_at"]).toEqual(row["credentials_at"]);
  const opened = await edge
    .stack()
    .vaults.mailbox.open(`users/${user.id}/login_password`, String(row["sealed_login_password"]));
  expect(opened).toBe(PASSWORD);
  expect(await edge.events(user.id)).toMatchObject([{ kind: "user_connected" }]);
});

test("a login that takes long shows its progress, and its page can be opened again", async () => {
  const user = await edge.newUser("FASTMAIL", { partner: { name: "Acme" } });
  const { page, text } = await sendSlowly(await user.connectUrl());
  expect(text).toContain(`<title>${en.trying.title}</title>`);
  expect(text).toContain(
    "Logging in to <bdi>imap.fastmail.com</bdi>. This can take up to 25 seconds.",
  );
  expect(text).not.toContain("canary");
  expect(await edge.row(user.id)).toMatchObject({ connected_at: null });
  const [ended] = await Promise.all([
    newBrowser().open(page),
    answerNextCommand(edge.stack(), { result: "accepted" }),
  ]);
  expect(ended).toMatchObject({ status: 303, location: SUCCESS });
  const again = await Promise.all([newBrowser().open(page), newBrowser().open(page)]);
  expect(again).toMatchObject([{ location: SUCCESS }, { location: SUCCESS }]);
  expect(await edge.events(user.id)).toMatchObject([{ kind: "user_connected" }]);
  expect(await edge.row(user.id)).toMatchObject({ login_username: "me@mail.test" });
  const commandId = page.split("try=")[1];
  expect(
    await edge.stack().query("select sealed_request from commands where id = $1", [commandId]),
  ).toEqual([{ sealed_request: null }]);

  const other = await (await edge.newUser("FASTMAIL")).connectUrl();
  const foreign = await newBrowser().open(`${other}?try=${commandId}`);
  expect(foreign.status).toBe(410);
  expect(foreign.text).toContain(en.refusals.try_ended.text);
  expect(foreign.text).toContain(`<a href="${new URL(other).pathname}">Try again</a>`);
});

test("a login that is refused after its progress was shown has the form again", async () => {
  const user = await edge.newUser("FASTMAIL");
  const link = `${await user.connectUrl()}?lang=fr`;
  const { page } = await sendSlowly(link);
  const [refused] = await Promise.all([
    newBrowser().open(page),
    answerNextCommand(edge.stack(), { result: "refused", reason: "wrong_password" }),
  ]);
  for (const shown of [refused, await newBrowser().open(page)]) {
    expect(shown).toMatchObject({ status: 422, location: "" });
    expect(shown.text).toContain(PAGE_WORDS.fr.reasons.wrong_password);
    expect(shown.text).toContain('value="me@mail.test"');
    const { pathname, search } = new URL(link);
    expect(shown.text).toContain(`<form method="post" action="${pathname}${search}">`);
  }
  const [ended] = await Promise.all([
    newBrowser().submit(link, login),
    answerNextCommand(edge.stack(), { result: "accepted" }),
  ]);
  expect(ended.location).toBe(SUCCESS);
});

/** Submits the form while no fleet answers. Returns the page that shows the progress. */
async function sendSlowly(link: string): Promise<{ page: string; text: string }> {
  const sent = await fetch(link, {
    method: "POST",
    redirect: "manual",
    headers: { origin: edge.stack().url },
    body: new URLSearchParams(login),
  });
  expect(sent.status).toBe(303);
  const page = new URL(sent.headers.get("location") ?? "", link).href;
  const text = await (await fetch(page)).text();
  const next = new URL(page).pathname + new URL(page).search.replaceAll("&", "&amp;");
  expect(text).toContain(`<meta http-equiv="refresh" content="0;url=${next}&amp;wait=1" />`);
  return { page, text };
}

test("the pages show the partner's logo, color and documents", async () => {
  const bytes = Buffer.from("a logo");
  const user = await edge.newUser("YAHOO", {
    partner: {
      ...{ privacyUrl: "https://acme.test/privacy?a=1&b=2", termsUrl: "https://acme.test/terms" },
      ...{ accentColor: "#7f1d1d", websiteUrl: "https://acme.test/", failureUrl: null },
      ...{ logoType: "image/png", logoBase64: bytes.toString("base64"), logoDigest: "digest" },
    },
  });
  const { text, headers } = await newBrowser().open(await user.connectUrl());
  expect(headers["content-security-policy"]).toContain("; img-src 'self'; ");
  expect(text).toContain('<a href="https://acme.test/privacy?a=1&amp;b=2">Privacy policy of <bdi>');
  expect(text).toContain('<a href="https://acme.test/terms">Terms of <bdi>');
  expect(text).toContain('<a href="https://acme.test/">Cancel and go back to <bdi>');
  expect(text).toContain(":root { --accent: #7f1d1d; }");
  const logo = `${edge.stack().url}/connect/logo/${user.partner.id}/digest`;
  expect(text).toContain(`<img src="${new URL(logo).pathname}" alt="" />`);
  const image = await fetch(logo);
  expect(Object.fromEntries(image.headers)).toMatchObject({
    "content-type": "image/png",
    "cache-control": "public, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "x-content-type-options": "nosniff",
  });
  expect(Buffer.from(await image.arrayBuffer())).toEqual(bytes);
  expect((await fetch(`${logo}x`)).status).toBe(404);
});

test("a user may have a mail server of its own where the provider allows it", async () => {
  const user = await edge.newUser("IMAP");
  const link = await user.connectUrl();
  expect((await newBrowser().open(link)).text).toContain('<label for="host">');
  const server = { host: "Mail.Example.Test", port: "143", security: "starttls" };
  const [ended, request] = await Promise.all([
    newBrowser().submit(link, { ...login, ...server }),
    answerNextCommand(edge.stack(), { result: "accepted" }),
  ]);
  const columns = {
    imap_host: "mail.example.test",
    imap_port: 143,
    imap_security: "starttls",
  };
  expect(request).toMatchObject(columns);
  expect(ended.location).toBe(SUCCESS);
  expect(await edge.row(user.id)).toMatchObject(columns);
});

test("a user that was disconnected is the same account with the same login, and another with another", async () => {
  const user = await edge.newUser("FASTMAIL");
  const connectAs = async (name: string) => {
    const [ended] = await Promise.all([
      newBrowser().submit(await user.connectUrl(), { ...login, login: name }),
      answerNextCommand(edge.stack(), { result: "accepted" }),
    ]);
    expect(ended.location).toBe(SUCCESS);
    const row = await edge.row(user.id);
    await newBrowser().submit(await user.disconnectUrl(), {});
    expect(await edge.row(user.id)).toMatchObject({ login_username: null });
    return row;
  };
  expect(await connectAs("me@mail.test")).toMatchObject({ account_epoch: 0 });
  expect(await connectAs("me@mail.test")).toMatchObject({ account_epoch: 0 });
  expect(await connectAs("you@mail.test")).toMatchObject({ account_epoch: 1 });
  const audit = await edge
    .stack()
    .query("select actor, details from audit_log where subject_id = $1", [user.id]);
  expect(audit).toMatchObject([{ actor: "connect", details: { epoch_before: 0, epoch: 1 } }]);
  expect(JSON.stringify(audit)).not.toContain("@");
});

test("a refused login is shown at its field, the password is not repeated, and the link still works", async () => {
  const user = await edge.newUser("YAHOO");
  const link = await user.connectUrl();
  const [refused] = await Promise.all([
    newBrowser().submit(link, login),
    answerNextCommand(edge.stack(), { result: "refused", reason: "wrong_password" }),
  ]);
  expect(refused).toMatchObject({ status: 422, location: "" });
  expect(refused.text).toContain("<title>Error: Connect Yahoo Mail</title>");
  expect(refused.text).toMatch(
    /<input id="password"[^>]* aria-invalid="true" aria-describedby="password-fault"/,
  );
  expect(refused.text).toContain(reasonText("wrong_password"));
  expect(refused.text).toContain('value="me@mail.test"');
  expect(refused.text).not.toContain("canary");
  expect(await edge.row(user.id)).toMatchObject({ connected_at: null, login_username: null });
  const [ended] = await Promise.all([
    newBrowser().submit(link, login),
    answerNextCommand(edge.stack(), { result: "accepted" }),
  ]);
  expect(ended.location).toBe(SUCCESS);
  expect(await newBrowser().submit(link, login)).toMatchObject({ status: 410 });
});

test("an unreachable server is shown above the form", async () => {
  const user = await edge.newUser("YAHOO");
  const [refused] = await Promise.all([
    newBrowser().submit(await user.connectUrl(), login),
    answerNextCommand(edge.stack(), { result: "refused", reason: "timeout" }),
  ]);
  expect(refused.status).toBe(422);
  expect(refused.text).toContain(`<p class="wrong" role="alert">${reasonText("timeout")}</p>`);
});

test("an empty form shows a fault at each field, and the fleet is not asked", async () => {
  const user = await edge.newUser("YAHOO");
  const visit = await newBrowser().submit(await user.connectUrl(), { login: "", password: "" });
  expect(visit.status).toBe(422);
  expect(visit.text).toContain('id="login-fault"');
  expect(visit.text).toContain('id="password-fault"');
  expect(await edge.stack().query("select 1 from commands where taken_at is null")).toEqual([]);
});

test.each([
  ["another site", { "sec-fetch-site": "cross-site", origin: "https://evil.test" }],
  ["another origin, as old browsers say it", { origin: "https://evil.test" }],
  ["nowhere", {}],
])("a form from %s is refused", async (_what, headers: Record<string, string>) => {
  const user = await edge.newUser("YAHOO");
  for (const link of [await user.connectUrl(), await user.disconnectUrl()]) {
    const visit = await newBrowser().submit(link, login, headers);
    expect(visit.status).toBe(403);
    expect(visit.text).toContain(en.refusals.origin.text);
  }
  expect(await edge.row(user.id)).toMatchObject({ connected_at: null });
});

// Takes 5 s: the edge waits this long for the fleet to accept a command (TAKE_TIMEOUT_MS).
test("a missing fleet is reported, and nothing has changed", async () => {
  const user = await edge.newUser("YAHOO");
  const visit = await newBrowser().submit(await user.connectUrl(), login);
  expect(visit.status).toBe(503);
  expect(visit.text).toContain("Nothing has changed. Try again");
  expect(visit.text).not.toContain("canary");
  expect(await edge.stack().query("select 1 from commands where taken_at is null")).toEqual([]);
  expect(await edge.row(user.id)).toMatchObject({ connected_at: null });
});

test("a link cannot be used to guess passwords", async () => {
  const user = await edge.newUser("YAHOO");
  const linkId = `lnk-${user.id}`;
  await edge
    .stack()
    .query("insert into link_tries values ($1, 10, now() + interval '1 hour')", [linkId]);
  const visit = await newBrowser().submit(await user.connectUrl({ linkId }), login);
  expect(visit.status).toBe(429);
  expect(visit.text).toContain(en.refusals.too_many_tries.text);
});

test("an account that is not plain has no form for a password", async () => {
  const user = await edge.newUser("GMAIL_OAUTH2");
  const visit = await newBrowser().submit(await user.connectUrl(), login);
  expect(visit.status).toBe(403);
  expect(visit.text).toContain(en.refusals.not_set_up.text);
});

test.each(["%DF", "%", "%G1", "%C0%AF", "%ED%A0%80"])(
  "a form that is no UTF-8 (%j) gets a page, and the fleet is not asked",
  async (escape) => {
    const user = await edge.newUser("YAHOO");
    const response = await fetch(await user.connectUrl(), {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        origin: edge.stack().url,
      },
      body: `login=me%40mail.test&password=canary${escape}`,
    });
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toContain("The form data could not be read");
    expect(text).not.toContain("canary");
    expect(await edge.stack().query("select 1 from commands where taken_at is null")).toEqual([]);
    expect(await edge.row(user.id)).toMatchObject({ connected_at: null });
  },
);

test("a body that is too large gets a page, and other methods are refused", async () => {
  const user = await edge.newUser("YAHOO");
  const link = await user.connectUrl();
  const visit = await newBrowser().submit(link, { ...login, extra: "x".repeat(70_000) });
  expect(visit.status).toBe(413);
  expect(visit.text).toContain("<title>Something went wrong</title>");
  expect((await fetch(link, { method: "PUT" })).status).toBe(405);
});

test("no password and no login is in a log", async () => {
  const log = await edge.stack().log();
  expect(log).toContain("user.connected");
  expect(log).not.toContain("canary");
  expect(log).not.toContain("me@mail.test");
});
