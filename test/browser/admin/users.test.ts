import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { newId } from "../../../shared/ids.ts";
import { accountMakers } from "../../admin/users/account-makers.ts";
import { isChromiumMissing } from "../chromium.ts";
import { dialog, findFact, findRow, press, title, told } from "./on-page.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();
const { withConnection, withUser } = accountMakers(pages);
const query = (sql: string, values?: unknown[]) => pages.stack().query(sql, values);

/** Types the partner's name into the filter, and waits until the browser suggests it. */
const choosePartner = async (page: Page, name: string) => {
  await page.getByLabel("Partner", { exact: true }).fill(name);
  await page.locator(`datalist option[value="${name}"]`).waitFor({ state: "attached" });
};
const named = async (partnerId: string) => {
  const name = `Partner ${partnerId.slice(-6)}`;
  await query("update partners set name = $2 where id = $1", [partnerId, name]);
  return name;
};

describe.skipIf(isChromiumMissing)("an admin", () => {
  test("sees characters that change the text direction as escapes", async () => {
    const { id } = await withUser();
    await query("update users set tag = $2 where id = $1", [id, `${id}\u202efdp.exe`]);
    const { page } = await pages.openAdminPage("/admin/users");
    const shown = String.raw`${id}\u202efdp.exe`;
    await page.getByRole("checkbox", { name: `Choose ${shown}`, exact: true }).waitFor();
    await findRow(page, id).getByRole("link", { name: shown, exact: true }).click();
    await title(page, shown).waitFor();
    expect(await page.title()).toBe(`${shown} · SuperIMAP`);
    expect(await page.locator("body").textContent()).not.toContain("\u202e");
  });

  test("finds users by name, state and partner", async () => {
    const { id, partner, connection } = await withUser({ email: "ann@find.test" });
    const name = await named(partner.id);
    await query(
      "update users set state = 'auth_failed', state_reason = 'wrong_password', enable_tracer = true where id = $1",
      [id],
    );
    await query(
      `insert into users (id, connection_id, tag, archived_at, state)
       values ($1, $2, 'Zoe', now(), 'archived')`,
      [newId("usr"), connection],
    );
    const { page } = await pages.openAdminPage("/admin/users");
    const ann = findRow(page, "ann@find.test");
    const scope = page.getByRole("navigation", { name: "Scope" });
    for (const text of ["login refused", "The mail server refused the login", "tracer", name]) {
      await ann.getByText(text, { exact: true }).waitFor();
    }

    await choosePartner(page, name);
    await page
      .getByLabel("Connection")
      .getByRole("option", { name: "PLAIN" })
      .waitFor({ state: "attached" });
    await page.getByLabel("Connection").selectOption("PLAIN");
    await press(page, "Filter");
    await page.waitForURL((url) => url.searchParams.get("connection_id") === connection);
    expect(new URL(page.url()).searchParams.get("partner_id")).toBe(partner.id);
    await findRow(page, "Zoe").waitFor();
    const partnerField = page.getByLabel("Partner", { exact: true });
    await expect.poll(() => partnerField.inputValue()).toBe(name);

    await scope.getByRole("link", { name: "Archived" }).click();
    await ann.waitFor({ state: "detached" });
    await findRow(page, "Zoe").getByText("archived", { exact: true }).waitFor();
    await scope.getByRole("link", { name: "Tracers" }).click();
    await findRow(page, "Zoe").waitFor({ state: "detached" });
    await ann.waitFor();

    await scope.getByRole("link", { name: "All" }).click();
    await findRow(page, "Zoe").waitFor();
    await page.getByLabel("State").selectOption("login refused");
    await press(page, "Filter");
    await findRow(page, "Zoe").waitFor({ state: "detached" });
    await page.getByLabel("Tag or e-mail").fill("nobody");
    await press(page, "Filter");
    await page.getByText("No user matches").waitFor();
    await page.getByLabel("Tag or e-mail").fill("ANN@find");
    await press(page, "Filter");
    await ann.getByRole("link", { name: "Ann" }).click();
    await title(page, "Ann").waitFor();
  });

  test("goes through many users page by page, and back", async () => {
    const { connection, partner } = await withConnection();
    await query(
      `insert into users (id, connection_id, tag)
       select 'usr_page' || lpad(n::text, 18, '0'), $1, 'Nr ' || n from generate_series(1, 60) as n`,
      [connection],
    );
    const { page } = await pages.openAdminPage(`/admin/users?partner_id=${partner.id}`);
    const last = page.getByRole("link", { name: "Nr 1", exact: true });
    await page.getByRole("link", { name: "Nr 60", exact: true }).waitFor();
    await press(page, "Next page");
    await last.waitFor();
    await page.goBack();
    await page.getByRole("link", { name: "Nr 60", exact: true }).waitFor();
    await press(page, "Next page");
    await last.waitFor();
    await press(page, "Previous page");
    await page.getByRole("link", { name: "Nr 60", exact: true }).waitFor();
    await press(page, "Next page");
    await last.waitFor();
    await press(page, "First page");
    await page.getByText("60 users in all").waitFor();
    await page.getByRole("link", { name: "Tag", exact: true }).click();
    await page.waitForURL((url) => url.searchParams.get("sort") === "tag");
    await page.getByRole("link", { name: "Nr 10", exact: true }).waitFor();
    await page.getByRole("link", { name: "Nr 60", exact: true }).waitFor({ state: "detached" });
  });

  test("changes several users at once, and saves the filter that finds them", async () => {
    const { connection, partner } = await withConnection();
    await query(
      `insert into users (id, connection_id, tag, login_username, sealed_login_password)
       select 'usr_bulk' || lpad(n::text, 18, '0'), $1, 'Nr ' || n, 'x', 'x'
       from generate_series(1, 3) as n`,
      [connection],
    );
    const { page } = await pages.openAdminPage(`/admin/users?partner_id=${partner.id}`);
    await page.getByLabel("Choose Nr 1").check();
    await page.getByLabel("Choose Nr 3").check();
    await page.getByText("2 users chosen").waitFor();
    await press(page, "Pause chosen");
    await dialog(page).getByRole("heading", { name: "Pause 2 users?" }).waitFor();
    await press(dialog(page), "Pause");
    await dialog(page).getByText("2 of 2 users done.").waitFor();
    await press(dialog(page), "Done");
    await findRow(page, "Nr 3").getByText("paused", { exact: true }).waitFor();
    expect(await findRow(page, "Nr 2").getByText("paused", { exact: true }).count()).toBe(0);
    await press(page, "Archive all");
    await press(dialog(page), "Archive");
    await dialog(page).getByLabel("Type archive all to confirm").fill("archive all");
    await press(dialog(page), "Archive");
    await dialog(page).getByText("3 of 3 users done.").waitFor();
    await press(dialog(page), "Done");

    await press(page, "Save this filter");
    await dialog(page).getByLabel("Name").fill("Of one partner");
    await press(dialog(page), "Save");
    await told(page, "Of one partner saved.");
    await press(page, "Clear");
    await page.getByRole("link", { name: "Of one partner" }).click();
    await page.waitForURL((url) => url.searchParams.get("partner_id") === partner.id);
    await findRow(page, "Nr 2").getByText("archived", { exact: true }).waitFor();
    await press(page, "Delete the saved filter Of one partner");
    await told(page, "Of one partner deleted.");
  });

  test("creates a user under a connection, and sees faults at their fields", async () => {
    const { partner } = await withConnection();
    const name = await named(partner.id);
    const { page } = await pages.openAdminPage("/admin/users");
    await page.getByRole("button", { name: "New user" }).click();
    await title(page, "New user").waitFor();
    await choosePartner(page, name);
    await press(page, "Continue");
    await page.getByText("Connection is required: each user belongs to a connection.").waitFor();
    await page.getByLabel("Connection").selectOption("PLAIN");
    await press(page, "Continue");

    await page.getByLabel("Tag").fill("..");
    await page.getByLabel("E-mail").fill("nobody");
    await page.getByLabel("Username").fill("carl");
    await page.getByLabel("Password").fill("hunter2-do-not-show-me");
    await page.getByLabel("Tracer", { exact: true }).check();
    await press(page, "Create user");
    await page.getByText("Tag must not be").waitFor();
    await page.getByText("E-mail must be an e-mail address.").waitFor();
    await page.getByLabel("Tag").fill("Carl");
    await page.getByLabel("E-mail").fill("carl@x.test");
    await press(page, "Create user");
    await title(page, "Carl").waitFor();
    await told(page, "Carl created.");
    expect(await findFact(page, "Username").innerText()).toBe("carl");
    expect(await findFact(page, "Password").innerText()).toBe("set");
    expect(await findFact(page, "Tracer").innerText()).toBe("yes");
    expect(await page.content()).not.toContain("hunter2");

    await page.getByRole("link", { name: "PLAIN" }).waitFor();
    expect(await page.getByRole("link", { name }).getAttribute("href")).toBe(
      `/admin/partners/${partner.id}`,
    );
  });

  test("sees that a connection does not exist, and that a tag is taken", async () => {
    const { connection } = await withUser();
    const { page } = await pages.openAdminPage(`/admin/users/new?connection_id=${connection}`);
    await page.getByLabel("Tag").fill("ANN");
    await press(page, "Create user");
    await page.getByText("Tag belongs to another living user.").waitFor();
    await page.goto(`${pages.stack().url}/admin/users/new?connection_id=${newId("con")}`);
    await page.getByRole("alert").getByText("Cannot find the connection").waitFor();
  });

  test("edits a user whose host is its own, replaces its password, and removes it", async () => {
    const { connection } = await withConnection("IMAP");
    const { page } = await pages.openAdminPage(`/admin/users/new?connection_id=${connection}`);
    await page.getByLabel("Tag").fill("Dora");
    await page.getByLabel("Username").fill("dora");
    await page.getByLabel("Password").fill("a first one");
    await press(page, "Create user");
    await page.getByText("Host is missing: each user has its own host.").waitFor();
    await page.getByLabel("Host").fill("mail.dora.test");
    await press(page, "Create user");
    await title(page, "Dora").waitFor();
    expect(await findFact(page, "Host").innerText()).toBe("mail.dora.test:993 (tls)");

    await press(page, "Edit");
    await dialog(page).getByLabel("Port").fill("70000");
    await press(dialog(page), "Save");
    await dialog(page).getByText("Port must be a port from 1 to 65535.").waitFor();
    await dialog(page).getByLabel("Port").fill("143");
    await dialog(page).getByLabel("Security").selectOption("STARTTLS");
    await dialog(page).getByLabel("Tag").fill("Dorothea");
    await dialog(page).getByLabel("Password", { exact: true }).fill("another one");
    await press(dialog(page), "Save");
    await told(page, "Dorothea saved.");
    await title(page, "Dorothea").waitFor();
    expect(await findFact(page, "Host").innerText()).toBe("mail.dora.test:143 (starttls)");

    await press(page, "Edit");
    expect(await dialog(page).getByLabel("Password", { exact: true }).inputValue()).toBe("");
    await dialog(page).getByLabel("Remove the password").check();
    await press(dialog(page), "Save");
    await findFact(page, "Password").getByText("none").waitFor();
    await findFact(page, "Connected").getByText("not connected").waitFor();
  });

  test("creates a user of an OAuth provider, whose token needs an address", async () => {
    const { connection } = await withConnection("GMAIL_OAUTH2");
    const { page } = await pages.openAdminPage(`/admin/users/new?connection_id=${connection}`);
    await page.getByLabel("Tag").fill("Emil");
    await page.getByLabel("Refresh token").fill("do-not-show-me");
    await press(page, "Create user");
    await page.getByText("E-mail is missing: it identifies the account at the provider.").waitFor();
    await page.getByLabel("E-mail").fill("emil@gmail.test");
    await press(page, "Create user");
    await findFact(page, "Refresh token").getByText("set").waitFor();
    expect(await page.content()).not.toContain("do-not-show-me");
  });

  test("sees that a user does not exist", async () => {
    const { page } = await pages.openAdminPage(`/admin/users/${newId("usr")}`);
    await page.getByRole("alert").getByText("Cannot find the user").waitFor();
    expect(await page.getByRole("button", { name: "Try again" }).count()).toBe(0);
    await page.getByRole("alert").getByRole("link", { name: "Go to Users" }).waitFor();
  });
});
