import { describe, expect, test } from "vitest";
import { accountMakers } from "../../admin/users/account-makers.ts";
import { isChromiumMissing } from "../chromium.ts";
import { dialog, findFact, findRow, press, title, told } from "./on-page.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();
const { withUser } = accountMakers(pages);
const query = (sql: string, values?: unknown[]) => pages.stack().query(sql, values);

/** Creates a user, and opens the user's page. */
async function lookAtUser(fields?: object) {
  const { id } = await withUser(fields);
  const { page, admin } = await pages.openAdminPage(`/admin/users/${id}`);
  await title(page, "Ann").waitFor();
  return { id, page, admin };
}

describe.skipIf(isChromiumMissing)("an admin", () => {
  test("pauses, resumes, archives and restores a user, and sees it in the history", async () => {
    const { id, page, admin } = await lookAtUser();
    const [{ name } = {}] = await query("select name from admin_users where id = $1", [admin.id]);
    const state = page.getByLabel("State", { exact: true });
    await state.getByText("No login has been tried yet.").waitFor();
    await page.getByText("No changes since it was created").waitFor();

    await press(page, "Pause");
    await press(dialog(page), "Pause");
    await told(page, "Ann paused.");
    await state.getByText("paused", { exact: true }).waitFor();
    await press(page, "Resume");
    await press(dialog(page), "Resume");
    await state.getByText("new", { exact: true }).waitFor();

    await press(page, "Archive");
    await press(dialog(page), "Cancel");
    await dialog(page).waitFor({ state: "detached" });
    await press(page, "Archive");
    await press(dialog(page), "Archive");
    await state.getByText("Archived: its data is kept, and its mailbox is not watched.").waitFor();
    for (const gone of ["Links", "Sweep", "Pause"]) {
      expect(await page.getByRole("button", { name: gone, exact: true }).count()).toBe(0);
    }
    await press(page, "Restore");
    await press(dialog(page), "Restore");
    await told(page, "Ann restored.");

    const history = page.getByRole("table", { name: "State history" });
    await history.getByRole("row").nth(4).waitFor();
    const told4 = await history.locator("tbody tr").allInnerTexts();
    expect(told4.map((text) => text.split(/\s*\t\s*/)[1])).toEqual([
      "new",
      "archived",
      "new",
      "paused",
    ]);
    expect(told4.every((text) => text.includes(String(name)))).toBe(true);
    await page.locator("main").getByRole("link", { name: "Audit log" }).click();
    await findRow(page, "user.restored").waitFor();
    expect(new URL(page.url()).searchParams.get("subject_id")).toBe(id);
  });

  test("reads a user's problem and what to do about it as soon as it occurs", async () => {
    const { id, page } = await lookAtUser();
    await query(
      `update users set state = 'auth_failed', state_reason = 'app_password_required', state_changed_at = now()
       where id = $1`,
      [id],
    );
    await page
      .getByLabel("State", { exact: true })
      .getByText("create one in the account's security settings")
      .waitFor();
    await page
      .getByRole("table", { name: "State history" })
      .getByText("reported by the mail server")
      .waitFor();
  });

  test("goes through a long history", async () => {
    const { id } = await withUser();
    await query(
      `insert into user_state_changes (user_id, state, reason, changed_at)
       select $1, 'backoff', 'reason_' || n, now() - make_interval(hours => 20 - n)
       from generate_series(1, 12) as n`,
      [id],
    );
    const { page } = await pages.openAdminPage(`/admin/users/${id}`);
    await page.getByText(/ reason 12$/).waitFor();
    await press(page, "Next page");
    await page.getByText(/ reason 1$/).waitFor();
    await press(page, "First page");
    await page.getByText(/ reason 12$/).waitFor();
  });

  test("creates links for the account's owner, which are shown once", async () => {
    const { page } = await lookAtUser();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await press(page, "Links");
    await press(dialog(page), "Create links");
    await dialog(page).getByText("To disconnect").waitFor();
    const [connect = "", disconnect = ""] = await dialog(page).locator("code").allInnerTexts();
    expect(connect).toContain("/connect/");
    expect(disconnect).toContain("/disconnect/");
    expect((await fetch(disconnect)).status).toBe(200);
    await dialog(page).getByText("in 29 min.").or(dialog(page).getByText("in 30 min.")).waitFor();
    await dialog(page).getByRole("button", { name: "Copy" }).first().click();
    await dialog(page).getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate<string>("navigator.clipboard.readText()")).toBe(connect);
    await press(dialog(page), "Done");
    expect(await page.content()).not.toContain(connect);
  });

  test("sees that there is nothing to disconnect", async () => {
    const { page } = await lookAtUser({});
    await press(page, "Links");
    await press(dialog(page), "Create links");
    await dialog(page).getByText("There is nothing to disconnect").waitFor();
  });

  test("turns a user's tracers and their delivery on, and off again", async () => {
    const { page } = await lookAtUser();
    await press(page, "Tracer");
    await dialog(page).getByLabel("Tracer", { exact: true }).check();
    await dialog(page).getByLabel("Deliver its tracers").check();
    await press(dialog(page), "Save");
    await told(page, "Ann is now a tracer.");
    await findFact(page, "Tracer").getByText("yes, its tracers are delivered").waitFor();
    await press(page, "Tracer");
    await dialog(page).getByLabel("Tracer", { exact: true }).uncheck();
    await press(dialog(page), "Save");
    await findFact(page, "Tracer").getByText("no", { exact: true }).waitFor();
  });

  test("sweeps a mailbox and sees the progress", async () => {
    const { id, page } = await lookAtUser();
    const sweep = page.getByLabel("Newest sweep");
    await press(page, "Sweep");
    await dialog(page).getByLabel("Since").fill("2099-01-01T10:00");
    await press(dialog(page), "Sweep");
    await dialog(page).getByText("Since must be in the past.").waitFor();
    await dialog(page).getByLabel("Since").fill("");
    await dialog(page).getByLabel("Deliver again").check();
    await press(dialog(page), "Sweep");
    await told(page, "Sweep started.");
    await sweep.getByText("waiting for the mailbox").waitFor();
    await sweep.getByRole("progressbar").waitFor();
    expect(await findFact(page, "Deliver again").innerText()).toBe("yes");

    await press(page, "Sweep");
    await press(dialog(page), "Sweep");
    await dialog(page).getByRole("alert").getByText("Cannot sweep the mailbox").waitFor();
    await page.keyboard.press("Escape");

    await query(
      "update sweeps set state = 'running', found = 7, published = 5, skipped = 2 where user_id = $1",
      [id],
    );
    await findFact(page, "Found").getByText("7").waitFor();
    expect(await findFact(page, "To be delivered").innerText()).toBe("5");
    await query(
      "update sweeps set state = 'failed', error = 'The mailbox is gone', finished_at = now() where user_id = $1",
      [id],
    );
    await sweep.getByText("The mailbox is gone").waitFor();
    await sweep.getByRole("progressbar").waitFor({ state: "detached" });
  });
});
