import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { toLocalTime } from "../../../admin/parts/time/local-time.ts";
import { newId } from "../../../shared/ids.ts";
import { insertAttempt, insertMail, newTrafficUser } from "../../admin/traffic/traffic-rows.ts";
import { isChromiumMissing } from "../chromium.ts";
import { findPageFaults } from "../find-page-faults.ts";
import { dialog, findFact, findRow, press, title } from "./on-page.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();
const stack = () => pages.stack();

describe.skipIf(isChromiumMissing)("an admin", () => {
  test("goes from a user to its events, filters them and selects some", async () => {
    const user = await newTrafficUser(stack());
    const reason = "duplicate_message_id";
    const id = await insertMail(stack(), user, {
      state: "skipped",
      reason,
      at: "now() - interval '3 hours'",
    });
    await insertMail(stack(), user, { at: "now() - interval '20 hours'" });
    const { page } = await pages.openAdminPage(`/admin/users/${user.id}`);
    const skipped = findRow(
      page,
      "A mail with this Message-ID and this content was delivered before.",
    );
    await skipped.getByText("2.05 kB").waitFor();
    await page.getByRole("link", { name: "All events" }).click();
    await title(page, "Events").waitFor();
    await findRow(page, "answered with success").waitFor();
    expect(await findPageFaults(page)).toEqual([]);

    await page.getByLabel("State").selectOption("skipped");
    await press(page, "Filter");
    await findRow(page, "answered with success").waitFor({ state: "detached" });
    await skipped.waitFor();
    await skipped.getByRole("checkbox").check();
    await press(page, "Resend 1");
    await press(dialog(page), "Resend");
    await dialog(page).getByText("It was not delivered on purpose").waitFor();
    expect(await findPageFaults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await press(page, "Pause live updates");
    await page.getByRole("button", { name: "Follow new events" }).waitFor();

    const saved = page.waitForEvent("download");
    await press(page, "Download CSV");
    const file = await readFile(await (await saved).path(), "utf8");
    expect(file).toContain(`${id},`);

    const between = toLocalTime(new Date(Date.now() - 10 * 3_600_000).toISOString());
    await page.goto(`${stack().url}/admin/users/${user.id}/mail-log`);
    await page.waitForURL(`**/admin/events?user_id=${user.id}`);
    await page.getByLabel("Before").fill(between);
    await press(page, "Filter");
    await findRow(page, "answered with success").waitFor();
    await page.getByLabel("Since").fill(between);
    await press(page, "Filter");
    await page.getByText("No event matches").waitFor();
    await page.goto(`${stack().url}/admin/events?since=yesterday`);
    await page.getByText("Since must be an ISO 8601 time").waitFor();
  });

  test("finds an event by its Message-ID from any page, and attempts by their status", async () => {
    const user = await newTrafficUser(stack());
    const id = await insertMail(stack(), user);
    await stack().query("update mail_logs set message_id = $2 where event_id = $1", [
      id,
      `<${id}@palette.test>`,
    ]);
    await insertAttempt(stack(), user, { eventId: id, status: 418 });
    const { page } = await pages.openAdminPage(
      `/admin/events?view=attempts&partner_id=${user.partnerId}`,
    );
    await page.getByLabel("HTTP status").fill("418");
    await press(page, "Filter");
    await findRow(page, "418").waitFor();
    expect(await findPageFaults(page)).toEqual([]);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Search partners" }).fill(`${id}@palette.test`);
    await page.getByRole("option", { name: /^Event/ }).waitFor();
    expect(await findPageFaults(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/admin/events/${id}`);
    await title(page, "Mail").waitFor();
  });

  test("reads the timeline of a mail and the endpoint's answer to each attempt", async () => {
    const user = await newTrafficUser(stack());
    const after = (seconds: number) => `date_trunc('hour', now()) + interval '${seconds} seconds'`;
    const eventId = await insertMail(stack(), user, { state: "queued", at: after(0) });
    await insertAttempt(stack(), user, { eventId, at: after(1) });
    await insertAttempt(stack(), user, {
      eventId,
      attempt: 2,
      at: after(61),
      status: null,
      error: "the endpoint did not answer in time",
      nextAt: after(181),
    });
    const { page } = await pages.openAdminPage(`/admin/events?user_id=${user.id}`);
    await findRow(page, "the endpoint did not answer in time")
      .getByRole("link", { name: "new mail" })
      .click();
    await title(page, "Mail").waitFor();
    await page.waitForURL(`**/admin/events/${eventId}`);
    await page.getByText("Attempt 2 failed (no answer); next try").waitFor();
    expect(await findFact(page, "User").innerText()).toBe(user.tag);
    expect(await findFact(page, "webhook-id").locator("code").innerText()).toBe(eventId);
    const way = await page.locator(".way li").allInnerTexts();
    expect(way).toEqual([
      expect.stringContaining("Received by the mail server"),
      expect.stringContaining("Published and queued"),
      expect.stringMatching(/First attempt.*1 s later/s),
      expect.stringMatching(/Next attempt.*3 min later/s),
    ]);
    const [second = "", first = ""] = await page
      .getByRole("table", { name: "Attempts" })
      .locator("tbody tr")
      .allInnerTexts();
    expect(second).toMatch(/no answer.*the endpoint did not answer in time/s);
    expect(first).toMatch(/120 ms.*500.*Oh no/s);
    expect(await findPageFaults(page)).toEqual([]);
    await page.getByText("Attempt 1: 500 after 120 ms").click();
    await page.getByText("HTTP 500").waitFor();
    expect(await findPageFaults(page)).toEqual([]);
  });

  test("reads the outcome of an event that is not mail", async () => {
    const user = await newTrafficUser(stack());
    const id = newId("evt");
    await stack().query(
      "insert into user_events (event_id, partner_id, user_id, kind) values ($1, $2, $3, 'user_connected')",
      [id, user.partnerId, user.id],
    );
    const { page } = await pages.openAdminPage(`/admin/events/${id}`);
    await findFact(page, "Kind").getByText("user_connected").waitFor();
    await page.getByText("No attempts yet").waitFor();
    expect(await findPageFaults(page)).toEqual([]);
  });

  test("comes from a mail that was given up to its dead letter", async () => {
    const user = await newTrafficUser(stack());
    const id = await insertMail(stack(), user, { state: "dead", reason: "no answer" });
    const { page } = await pages.openAdminPage(`/admin/events/${id}`);
    await page.getByRole("link", { name: "Read the dead letter" }).click();
    await page.waitForURL(`**/admin/dead-letters/${id}`);
  });

  test("sees what to do without events, and that an event does not exist", async () => {
    const user = await newTrafficUser(stack());
    const { page } = await pages.openAdminPage(`/admin/events?user_id=${user.id}`);
    await page.getByText("No event matches").waitFor();
    await page.goto(`${stack().url}/admin/events/${newId("evt")}`);
    await page.getByRole("alert").getByText("Cannot find the event").waitFor();
  });
});
