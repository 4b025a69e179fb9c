import { describe, expect, test } from "vitest";
import {
  insertAttempt,
  insertMail,
  newTrafficUser,
  type TrafficUser,
} from "../../admin/traffic/traffic-rows.ts";
import { isChromiumMissing } from "../chromium.ts";
import { findRow, press, title } from "./on-page.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();
const stack = () => pages.stack();

const toPath = ({ partnerId }: TrafficUser) =>
  `/admin/events?view=in-flight&partner_id=${partnerId}`;

/** Inserts a mail whose webhook failed once. */
async function withRetry(values: { status?: number | null; error?: string } = {}) {
  const user = await newTrafficUser(stack());
  const eventId = await insertMail(stack(), user, { state: "queued" });
  const attempt = { eventId, at: "now() - interval '1 minute'", ...values };
  await insertAttempt(stack(), user, { ...attempt, nextAt: "now() + interval '10 minutes'" });
  return { user, eventId };
}

describe.skipIf(isChromiumMissing)("an admin", () => {
  test("sees that nothing is in flight", async () => {
    const { page } = await pages.openAdminPage("/admin/events?view=in-flight");
    await page.getByText("Nothing is in flight").waitFor();
  });

  test("sees events in flight, and their progress", async () => {
    const { user, eventId } = await withRetry({ status: 503 });
    const { page } = await pages.openAdminPage(toPath(user));
    const row = findRow(page, user.tag);
    await row.getByText("503").waitFor();
    await row.getByText("Oh no").waitFor();
    const next = row.getByText(/^in \d+ min/);
    const told = await next.innerText();
    await next.filter({ hasNotText: told }).waitFor();

    await insertAttempt(stack(), user, {
      eventId,
      attempt: 2,
      status: null,
      error: "the endpoint did not answer in time",
      nextAt: "now() - interval '1 second'",
    });
    await row.getByText("the endpoint did not answer in time").waitFor();
    await row.getByText("due", { exact: true }).waitFor();
    const link = row.getByRole("link", { name: "new mail" });
    expect(await link.getAttribute("href")).toBe(`/admin/events/${eventId}`);

    await stack().query("update mail_logs set state = 'delivered' where event_id = $1", [eventId]);
    await page.getByText("All events of this partner are delivered").waitFor();
  });

  test("opens the whole of a long answer", async () => {
    const { user, eventId } = await withRetry();
    await stack().query("update transmit_logs set answer = $2 where event_id = $1", [
      eventId,
      `<h1>Down</h1>${" for a while".repeat(20)}, and back at noon`,
    ]);
    const { page } = await pages.openAdminPage(toPath(user));
    const row = findRow(page, user.tag);
    const whole = row.getByText("and back at noon");
    await row.getByText("<h1>Down</h1>").first().click();
    await whole.waitFor({ state: "visible" });
  });

  test("filters the list by partner, and sees at the field that a partner does not exist", async () => {
    const { user } = await withRetry();
    const { user: other } = await withRetry();
    const { page } = await pages.openAdminPage("/admin/events?view=in-flight");
    await findRow(page, other.partnerName).waitFor();
    const partner = page.getByLabel("Partner", { exact: true });
    await partner.fill("Nobody");
    await press(page, "Filter");
    await page.getByText(/^Partner must be/).waitFor();
    await press(page, "Clear");
    await findRow(page, other.partnerName).waitFor();
    await page.goto(stack().url + toPath(user));
    await findRow(page, user.partnerName).waitFor();
    expect(await findRow(page, other.partnerName).count()).toBe(0);
    await page.getByRole("link", { name: "dead letters", exact: true }).click();
    await title(page, "Dead letters").waitFor();
  });
});
