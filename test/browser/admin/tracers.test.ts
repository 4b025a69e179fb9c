import { describe, expect, test } from "vitest";
import { newTrafficUser, type TrafficUser } from "../../admin/traffic/traffic-rows.ts";
import { isChromiumMissing } from "../chromium.ts";
import { findRow, press } from "./on-page.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();
const stack = () => pages.stack();

interface TracerValues {
  sentMinutesAgo?: number;
  seenAfterMs?: number;
  answeredAfterMs?: number;
  sendError?: string;
}

/** Inserts a row of tracer_logs as the fleet writes it. */
async function insertTracer(user: TrafficUser, values: TracerValues = {}): Promise<void> {
  const { sentMinutesAgo = 1, seenAfterMs, answeredAfterMs, sendError = null } = values;
  const sentMs = Date.now() - sentMinutesAgo * 60_000;
  const after = (ms: number | undefined) => (ms === undefined ? null : new Date(sentMs + ms));
  await stack().query(
    `insert into tracer_logs (uid, user_id, sent_at, seen_at, published_at, answered_at, delivery_test, send_error)
     values ($1, $2, $3, $4, $5, $5, $6, $7)`,
    [
      crypto.randomUUID(),
      user.id,
      new Date(sentMs),
      after(seenAfterMs),
      after(answeredAfterMs),
      answeredAfterMs !== undefined,
      sendError,
    ],
  );
}

async function newTracerUser(): Promise<TrafficUser> {
  const user = await newTrafficUser(stack());
  await stack().query("update users set enable_tracer = true where id = $1", [user.id]);
  return user;
}

describe.skipIf(isChromiumMissing)("an admin", () => {
  test("sees how to have tracers sent", async () => {
    const { page } = await pages.openAdminPage("/admin/tracers");
    await page.getByText("No tracers sent yet").waitFor();
    await page.getByText("TRACER_INTERVAL").waitFor();
    expect(await page.getByRole("link", { name: "user", exact: true }).getAttribute("href")).toBe(
      "/admin/users",
    );
  });

  test("sees how long each stage took, in figures and drawn", async () => {
    const user = await newTracerUser();
    await insertTracer(user, { sentMinutesAgo: 2, seenAfterMs: 420, answeredAfterMs: 1_310 });
    await insertTracer(user, { sentMinutesAgo: 3 });
    await insertTracer(user, { sentMinutesAgo: 30 });
    await insertTracer(user, { sentMinutesAgo: 40, sendError: "the server answered 550" });
    const { page } = await pages.openAdminPage(`/admin/tracers?user_id=${user.id}`);
    await findRow(page, "420 ms").getByText("1.3 s").first().waitFor();
    await findRow(page, "420 ms").getByText("arrived").waitFor();
    await findRow(page, "in progress").waitFor();
    await findRow(page, "overdue").waitFor();
    await findRow(page, "not sent").getByText("the server answered 550").waitFor();
    const chart = page.getByRole("img", { name: /^Time since sending/ });
    expect(await chart.getAttribute("aria-label")).toContain("webhook answered: 1.3 s at the end");
    await chart.locator("canvas").waitFor();

    await insertTracer(user, { seenAfterMs: 77 });
    await findRow(page, "77 ms").waitFor();
  });

  test("filters the log by user, and turns its pages", async () => {
    const [user, other] = [await newTracerUser(), await newTracerUser()];
    await insertTracer(user, { seenAfterMs: 111 });
    await insertTracer(other, { seenAfterMs: 222 });
    const { page } = await pages.openAdminPage("/admin/tracers");
    await findRow(page, "222 ms").waitFor();
    await page
      .getByLabel("User", { exact: true })
      .selectOption({ label: `${user.tag} · ${user.partnerName}` });
    await press(page, "Filter");
    await findRow(page, "222 ms").waitFor({ state: "detached" });
    await findRow(page, "111 ms").waitFor();
    for (let at = 0; at < 100; at++) await insertTracer(user, { sentMinutesAgo: 5 });
    await press(page, "Next page");
    await findRow(page, "111 ms").waitFor({ state: "detached" });
    await press(page, "First page");
    await findRow(page, "111 ms").waitFor();
  });

  test("sees that a user id is invalid, and that a user has no tracers", async () => {
    const { page } = await pages.openAdminPage("/admin/tracers?user_id=nobody");
    await page.getByText("User must be an id that begins with usr_.").waitFor();
    const idle = await newTracerUser();
    await page.goto(`${stack().url}/admin/tracers?user_id=${idle.id}`);
    await page.getByText("Nothing matches. Remove a filter.").waitFor();
    await press(page, "Clear");
    expect(new URL(page.url()).search).toBe("");
  });
});
