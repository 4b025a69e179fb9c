import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { NAVIGATION } from "../../../admin/frame/menu.ts";
import { insertAttempt, insertMail } from "../../admin/traffic/traffic-rows.ts";
import { accountMakers } from "../../admin/users/account-makers.ts";
import { insertLetter } from "../../edge/webhooks/insert-letter.ts";
import { isChromiumMissing } from "../chromium.ts";
import { judgeScreen } from "./judge-screen.ts";
import { dialog, press } from "./on-page.ts";
import { useAdminPages } from "./use-admin-pages.ts";

const pages = useAdminPages();
const { withUser } = accountMakers(pages);

/** Creates one of everything that has a screen, and returns the addresses of these screens. */
async function newWorld() {
  const stack = pages.stack();
  const { id: userId, partner, connection } = await withUser();
  const [row] = await stack.query("select name from partners where id = $1", [partner.id]);
  const user = {
    id: userId,
    tag: "Ann",
    partnerId: partner.id,
    partnerName: String(row?.["name"]),
  };
  const event = await insertMail(stack, user, { state: "queued" });
  await insertAttempt(stack, user, { eventId: event, nextAt: "now() + interval '1 hour'" });
  await stack.query(
    `update transmit_logs set request = '{"url": "https://hooks.example.com/in", "headers": {"content-type": "application/json"},
       "body_bytes": 900, "body_sha256": "00ff"}', answer_headers = '{"server": "x"}' where event_id = $1`,
    [event],
  );
  await insertMail(stack, user, { state: "skipped", reason: "duplicate_message_id" });
  const letter = await insertLetter(stack, { id: partner.id });
  await stack.query("update users set enable_tracer = true where id = $1", [userId]);
  await stack.query(
    "insert into tracer_logs (uid, user_id, sent_at, seen_at) values ('t1', $1, now(), now())",
    [userId],
  );
  const at = {
    user: `/admin/users/${userId}`,
    partner: `/admin/partners/${partner.id}`,
    connection: `/admin/connections/${connection}`,
    event: `/admin/events/${event}`,
    letter: `/admin/dead-letters/${letter}`,
  };
  return { at, connection, event };
}

type World = Awaited<ReturnType<typeof newWorld>>;
let made: Promise<World> | undefined;
const theWorld = () => (made ??= newWorld());

const toScreens = ({ at, connection }: World): readonly string[] => [
  ...NAVIGATION.flatMap(({ links }) => links.map(({ href }) => href)),
  ...Object.values(at),
  "/admin/events?view=attempts",
  "/admin/events?view=in-flight",
  "/admin/events?text=nobody",
  "/admin/providers/prv_plain",
  "/admin/providers/new",
  `/admin/users/new?connection_id=${connection}`,
  "/admin/nowhere",
  "/docs/admin",
  "/docs/runbook",
];

/** The dialogs of each screen, by the buttons that open them. */
const toDialogs = ({ at }: World): readonly [path: string, buttons: readonly string[]][] => [
  ["/admin/users", ["Pause all", "Archive all", "Save this filter"]],
  ["/admin/admins", ["Add an admin"]],
  ["/admin/account", ["Change password", "Turn on", "Create a token"]],
  ["/admin/sessions", ["End"]],
  ["/admin/dead-letters", ["Redeliver all", "Delete all"]],
  ["/admin/partners", ["Create a partner"]],
  ["/admin/providers/prv_plain", ["Disable"]],
  [at.user, ["Edit", "Links", "Tracer", "Sweep", "Archive"]],
  [
    at.partner,
    ["Rename", "Delete", "Pause", "Edit webhooks", "Edit pages", "Send a test webhook"].concat([
      ...["Rotate the secret", "Create a signing key", "Create a key", "Add a connection"],
    ]),
  ],
  [at.connection, ["Delete"]],
  [at.letter, ["Redeliver", "Delete"]],
];

/** Opens a screen, and waits until everything on it is loaded. */
async function open(page: Page, path: string) {
  await page.goto(pages.stack().url + path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await expect.poll(() => page.locator(".loading, [aria-busy=true]").count()).toBe(0);
}

describe.skipIf(isChromiumMissing)("with any colours, any width, and the keyboard alone", () => {
  test("every screen can be read and used", async () => {
    const world = await theWorld();
    const { page } = await pages.openAdminPage("/admin/account");
    const faults: unknown[] = [];
    for (const [at, path] of toScreens(world).entries()) {
      await open(page, path);
      // The frame around the content is the same on each screen.
      const part = at === 0 || path.startsWith("/docs") ? "page" : "content";
      for (const fault of await judgeScreen(page, part)) faults.push([path, fault]);
    }
    expect(faults).toEqual([]);
  });

  test("every dialog can be read and used", async () => {
    const world = await theWorld();
    // Another admin has a session to end.
    await pages.signedIn();
    const { page } = await pages.openAdminPage("/admin/account");
    const faults: unknown[] = [];
    for (const [path, buttons] of toDialogs(world)) {
      if (path === "/admin/users") await open(page, `${path}?text=Ann`);
      else await open(page, path);
      for (const name of buttons) {
        await page.getByRole("main").getByRole("button", { name, exact: true }).first().click();
        await dialog(page).waitFor();
        for (const fault of await judgeScreen(page, "dialog")) faults.push([path, name, fault]);
        await page.keyboard.press("Escape");
        await dialog(page).waitFor({ state: "detached" });
      }
    }
    await page.keyboard.press("Control+k");
    await dialog(page).waitFor();
    for (const fault of await judgeScreen(page, "dialog")) faults.push(["Ctrl K", fault]);
    await page.keyboard.press("Escape");
    await press(page, "Sign out");
    await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    for (const fault of await judgeScreen(page)) faults.push(["signed out", fault]);
    expect(faults).toEqual([]);
  });
});
