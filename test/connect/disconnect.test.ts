import { expect, test } from "vitest";
import { newBrowser } from "./browser.ts";
import { SUCCESS } from "./use-connect.ts";
import { useOAuth2 } from "./use-oauth2.ts";

const oauth = useOAuth2();

let accounts = 0;
async function connectedUser() {
  accounts += 1;
  const email = `leaver-${accounts}@mail.test`;
  oauth.server().addAccount(email);
  const user = await oauth.newOAuth2User();
  await oauth.connect(await user.connectUrl(), { email });
  return { ...user, email };
}

test("a link to disconnect asks first", async () => {
  const user = await connectedUser();
  const before = await oauth.row(user.id);
  const visit = await newBrowser().open(await user.disconnectUrl());
  expect(visit.status).toBe(200);
  expect(visit.text).toContain(`<title>Disconnect ${user.email}</title>`);
  expect(visit.text).toMatch(/<form method="post">\s*<button type="submit">Disconnect<\/button>/);
  expect(await oauth.row(user.id)).toEqual(before);
});

test("disconnecting deletes the credentials, has the token revoked, sends the event and redirects to the partner", async () => {
  const user = await connectedUser();
  const { sealed_refresh_token: token } = await oauth.row(user.id);
  const link = await user.disconnectUrl();
  const ended = await newBrowser().submit(link, {});
  expect(ended).toMatchObject({ status: 303, location: SUCCESS });
  expect(await oauth.row(user.id)).toMatchObject({
    email: user.email,
    state: "new",
    login_username: null,
    sealed_login_password: null,
    sealed_refresh_token: null,
    sealed_oauth1_token: null,
    connected_at: null,
    credentials_at: null,
  });
  expect((await oauth.events(user.id)).map(({ kind }) => kind)).toEqual([
    "user_connected",
    "user_disconnected",
  ]);
  const revocations = await oauth
    .stack()
    .query("select sealed_token, revoke_url from revocations where user_id = $1", [user.id]);
  expect(revocations).toEqual([
    { sealed_token: token, revoke_url: oauth.server().endpoints.revoke },
  ]);
  expect(await newBrowser().submit(link, {})).toMatchObject({ status: 410 });
  expect(await newBrowser().open(link)).toMatchObject({ status: 410 });
});

test("a disconnect link of a user that is not connected shows that, without a button", async () => {
  const user = await oauth.newOAuth2User();
  const before = await oauth.row(user.id);
  const link = await user.disconnectUrl();
  const visit = await newBrowser().open(link);
  expect(visit).toMatchObject({ status: 200, location: "" });
  expect(visit.text).toContain("<title>Nothing is connected</title>");
  expect(visit.text).toMatch(new RegExp(`<a href="${SUCCESS}">Back to <bdi>`));
  expect(visit.text).not.toContain("<form");
  expect(visit.headers["content-security-policy"]).toContain("form-action 'none'");
  expect(await oauth.row(user.id)).toEqual(before);
});

test("a user that is not connected can be disconnected, without an event", async () => {
  const user = await oauth.newOAuth2User();
  const link = `${await user.disconnectUrl()}&success=${encodeURIComponent("https://other.test/x")}`;
  expect((await newBrowser().submit(link, {})).location).toBe("https://other.test/x");
  expect(await oauth.events(user.id)).toEqual([]);
});

test("an archived user can be disconnected and stays archived", async () => {
  const user = await connectedUser();
  const link = await user.disconnectUrl();
  await oauth
    .stack()
    .query("update users set archived_at = now(), state = 'archived' where id = $1", [user.id]);
  expect((await newBrowser().submit(link, {})).status).toBe(303);
  expect(await oauth.row(user.id)).toMatchObject({ state: "archived", sealed_refresh_token: null });
});

test("a link to connect does not disconnect", async () => {
  const user = await connectedUser();
  const link = (await user.connectUrl()).replace("/connect/", "/disconnect/");
  expect((await newBrowser().submit(link, {})).status).toBe(404);
});
