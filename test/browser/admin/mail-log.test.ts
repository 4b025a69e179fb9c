import { describe, expect, test } from "vitest";
import { toLocalTime } from "../../../admin/parts/time/local-time.ts";
import { newId } from "../../../shared/ids.ts";
import { insertAttempt, insertMail, newTrafficUser } from "../../admin/traffic/traffic-rows.ts";
import { isChromiumMissing } from "../chromium.ts";
import { findPageFaults } from "../find-page-faults.ts";
import { findFact, findRow, press, title } from "./on-page.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();
const stack = () => pages.stack();

describe.skipIf(isChromiumMissing)("an admin", () => {
  test("goes from a user through its newest mail to its mail log, and filters it", async () => {
    const user = await newTrafficUser(stack());
    const reason = "duplicate_message_id";
    await insertMail(stack(), user, { state: "skipped", reason, at: "now() - interval '3 hours'" });
    await insertMail(stack(), user, { at: "now() - interval '20 hours'" });
    const { page } = await pages.openAdminPage(`/admin/users/${user.id}`);
    const skipped = findRow(
      page,
      "A mail with this Message-ID and this content was delivered before.",
    );
    await skipped.getByText("2.05 kB").waitFor();
    await page.getByRole("link", { name: "Full mail log" }).click();
    await title(page, "Mail log").waitFor();
    await findRow(page, "answered with success").waitFor();
    expect(await findPageFaults(page)).toEqual([]);

    await page.getByLabel("State").selectOption("skipped");
    await press(page, "Filter");
    await findRow(page, "answered with success").waitFor({ state: "detached" });
    await skipped.waitFor();
    await press(page, "Clear");
    await findRow(page, "answered with success").waitFor();

    const between = toLocalTime(new Date(Date.now() - 10 * 3_600_000).toISOString());
    await page.getByLabel("Recorded before").fill(between);
    await press(page, "Filter");
    await skipped.waitFor({ state: "detached" });
    await findRow(page, "answered with success").waitFor();
    await page.getByLabel("Recorded since").fill(between);
    await press(page, "Filter");
    await page.getByText("No mail matches").waitFor();
    expect(await findPageFaults(page)).toEqual([]);
    await page.goto(`${stack().url}/admin/users/${user.id}/mail-log?since=yesterday`);
    await page.getByText("Recorded since must be an ISO 8601 time").waitFor();
    await page.getByRole("link", { name: "Users" }).first().waitFor();
  });

  test("goes through a long mail log", async () => {
    const user = await newTrafficUser(stack());
    await stack().query(
      `insert into mail_logs (event_id, recorded_at, user_id, partner_id, mailbox, uid_validity, uid,
                              message_id, size_bytes, internal_date, state)
       select 'evt_' || md5($1 || n), now() - make_interval(secs => n), $1, $2, 'INBOX', 7, 1000 + n,
              null, 10, now(), 'queued'
       from generate_series(1, 60) as n`,
      [user.id, user.partnerId],
    );
    const { page } = await pages.openAdminPage(`/admin/users/${user.id}/mail-log`);
    await findRow(page, "1001").waitFor();
    await press(page, "Next page");
    await findRow(page, "1060").waitFor();
    await press(page, "First page");
    await findRow(page, "1001").waitFor();
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
    const { page } = await pages.openAdminPage(`/admin/users/${user.id}/mail-log`);
    await findRow(page, "Waiting for delivery.").getByRole("link").click();
    await title(page, "Mail").waitFor();
    await page.waitForURL(`**/admin/events/${eventId}`);
    await page.getByText("Waiting for delivery.").waitFor();
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
    await page.getByRole("link", { name: "Mail log" }).click();
    await title(page, "Mail log").waitFor();
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

  test("sees what to do without mail, and that an event does not exist", async () => {
    const user = await newTrafficUser(stack());
    const { page } = await pages.openAdminPage(`/admin/users/${user.id}/mail-log`);
    await page.getByText("To read mail that is already in the mailbox, start a sweep.").waitFor();
    await page.goto(`${stack().url}/admin/events/${newId("evt")}`);
    await page.getByRole("alert").getByText("Cannot find the event").waitFor();
    await page.goto(`${stack().url}/admin/users/${newId("usr")}/mail-log`);
    await page.getByRole("alert").getByText("Cannot find the user").waitFor();
  });
});
