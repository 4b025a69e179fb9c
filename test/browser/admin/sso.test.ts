import type { Page } from "playwright-core";
import { afterAll, describe, expect, test } from "vitest";
import { newSsoBrowser, ssoSettings } from "../../admin/sso-browser.ts";
import { useAdmin } from "../../admin/use-admin.ts";
import { startTestAuthorizationServer } from "../../harness/oauth/authorization-server.ts";
import { isChromiumMissing } from "../chromium.ts";
import { findPageFaults } from "../find-page-faults.ts";
import { usePages } from "../use-pages.ts";

// Only single sign-on, with roles of the identity provider. test/admin/sign-in/sso.test.ts has the
// other way.
const server = await startTestAuthorizationServer();
afterAll(() => server[Symbol.asyncDispose]());
const admins = useAdmin({
  ...ssoSettings(server),
  ADMIN_OIDC_ROLE_CLAIM: "groups",
  ADMIN_OIDC_ROLES: "it=owner,helpdesk=support",
  ADMIN_OIDC_ONLY: "true",
});
const newPage = usePages();

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

describe.skipIf(isChromiumMissing)("a person at the identity provider", () => {
  test("becomes an admin, has the role of the claim, and is refused without one", async () => {
    const email = "olga@mail.test";
    const groups = ["all", "helpdesk", "it"];
    server.addAccount(email, { name: "Olga O.", groups });
    const page = await newPage();
    await page.goto(`${admins.stack().url}/admin/sessions`);
    await heading(page, "Sign in to SuperIMAP").waitFor();
    await button(page, "Use a password set by a command").waitFor();
    expect(await page.getByLabel("E-mail").count()).toBe(0);
    expect(await findPageFaults(page)).toEqual([]);

    await button(page, "Sign in with Example ID").click();
    await button(page, "Refuse").click();
    await page.getByRole("alert").getByText("You cancelled the sign-in").waitFor();
    expect(await findPageFaults(page)).toEqual([]);
    expect(new URL(page.url()).search).toBe("");

    await page.goto(`${admins.stack().url}/admin/account`);
    await button(page, "Sign in with Example ID").click();
    await button(page, "Allow").click();
    await heading(page, "My account").waitFor();
    await page.getByText(`Olga O., ${email}. Your role is owner`).waitFor();
    await page.getByText("have no password here").waitFor();
    await page.reload();
    await heading(page, "My account").waitFor();
    expect(await findPageFaults(page)).toEqual([]);

    groups.pop();
    await button(page, "Sign out").click();
    await button(page, "Sign in with Example ID").click();
    await button(page, "Allow").click();
    await page.getByText("Your role is support").waitFor();

    groups.pop();
    await button(page, "Sign out").click();
    await button(page, "Sign in with Example ID").click();
    await button(page, "Allow").click();
    await page.getByRole("alert").getByText("has no role for SuperIMAP").waitFor();
    const audit = await admins
      .stack()
      .query(
        "select action, before, after from audit_log where subject_type = 'admin' and actor = 'sso' order by action",
      );
    expect(audit).toEqual([
      { action: "admin.created", before: null, after: { email, name: "Olga O.", role: "owner" } },
      { action: "admin.role_changed", before: { role: "owner" }, after: { role: "support" } },
      {
        action: "admin.sso_linked",
        before: null,
        after: { issuer: server.issuer, subject: email },
      },
    ]);
  });
});

test("with only single sign-on, a password works for an hour after a command has set it", async () => {
  const { id, email } = await admins.newAdmin();
  const tryPassword = () => admins.newBrowser().signIn(email);
  expect(await tryPassword()).toMatchObject({ status: 401, body: { code: "sso-required" } });
  const setAgo = (interval: string) =>
    admins
      .stack()
      .query("update admin_users set shell_password_at = now() - $2::interval where id = $1", [
        id,
        interval,
      ]);
  await setAgo("61 minutes");
  expect(await tryPassword()).toMatchObject({ status: 401, body: { code: "sso-required" } });
  await setAgo("59 minutes");
  expect((await tryPassword()).status).toBe(201);
});

test("with only single sign-on, a wrong password and a passkey are refused", async () => {
  const { email } = await admins.newAdmin();
  const browser = newSsoBrowser(admins, server);
  const wrong = await browser.signIn(email, { password: "wrong" });
  expect(wrong).toMatchObject({ status: 401, body: { code: "sign-in-refused" } });
  const response = { clientDataJSON: "x", authenticatorData: "x", signature: "x" };
  const credential = { id: "x", rawId: "x", type: "public-key", response };
  const passkey = await browser.call("POST", "/session/passkey", { body: { credential } });
  expect(passkey).toMatchObject({ status: 401, body: { code: "sso-required" } });
  const { body } = await browser.call("GET", "/session/methods");
  expect(body).toEqual({ own: false, sso: { name: "Example ID" } });
});
