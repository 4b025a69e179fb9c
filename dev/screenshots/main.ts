import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import type { Browser, Page } from "playwright-core";
import * as v from "valibot";
import { newId } from "../../shared/ids.ts";
import { CONNECT_LINK_TTL_MS, connectLinks } from "../../shared/secrets/connect-link.ts";
import { partnerKeys } from "../../shared/secrets/vault.ts";
import { inCheckout } from "../checkout.ts";
import { ensureChromium, startChromium } from "../servers/chromium.ts";
import { describeError } from "../terminal/describe-error.ts";
import { untilInterrupted } from "../terminal/interruption.ts";
import { DEFAULT_ADMIN } from "../seed/seed-admin.ts";
import { type Stack, startStack } from "../stack/stack.ts";

/** The folder of the images in README.md, docs/admin.md and docs/connect.md. */
const FOLDER = inCheckout("docs", "images");
const WIDTH = 1_440;
const MAX_BYTES = 200 * 1_024;

interface Scene {
  name: string;
  path: string;
  height: number;
  /** Resolves when the screen is complete. */
  isReady(page: Page): Promise<unknown>;
}

const aRow = (page: Page) => page.getByRole("row").nth(3).waitFor();
const SCENES: readonly Scene[] = [
  {
    name: "overview",
    path: "/admin/",
    height: 960,
    isReady: (page) => page.locator("canvas").last().waitFor(),
  },
  {
    name: "traffic",
    path: "/admin/traffic",
    height: 1_100,
    isReady: (page) => Promise.all([aRow(page), page.locator("canvas").nth(3).waitFor()]),
  },
  {
    name: "events",
    path: "/admin/events?view=in-flight",
    height: 760,
    isReady: aRow,
  },
  {
    name: "event",
    path: "/admin/events/evt_3k8Qw1ZbT5nXvR7cYpLmDe",
    height: 1_160,
    isReady: (page) => page.getByText("Attempt 2: 503").waitFor(),
  },
  { name: "admins", path: "/admin/admins", height: 480, isReady: aRow },
  { name: "users", path: "/admin/users", height: 700, isReady: aRow },
  { name: "dead-letters", path: "/admin/dead-letters", height: 700, isReady: aRow },
];

/** The page of a connect link, which is not an admin page. */
const CONNECT = "connect";
const NAMES = [...SCENES.map(({ name }) => name), CONNECT];
const wanted = process.argv.slice(2);
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);

const interrupted = untilInterrupted(() => process.exit(130));
try {
  const unknown = wanted.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) {
    throw new Error(`Cannot take ${unknown.join(", ")}: wanted ${NAMES.join(", ")}`);
  }
  if (!(await ensureChromium())) throw new Error("Cannot take screenshots: found no Chromium");
  await using stack = await startStack({ signal: interrupted });
  await setScene(stack);
  await using browser = await startChromium();
  await takeAll(browser, stack.addresses.edge);
  if (isWanted(CONNECT)) await takeConnectPage(browser, stack);
} catch (error) {
  console.error(describeError(error));
  process.exitCode = 1;
}
process.exit();

/**
 * Replaces the demo data, which is too little to fill the screens, with scene.sql. Stops the fleet
 * first, because it would process the new rows.
 */
async function setScene({ programs, addresses }: Stack): Promise<void> {
  await programs.fleet.stop();
  const client = new pg.Client({ connectionString: addresses.postgres });
  await client.connect();
  try {
    await client.query(await readFile(join(import.meta.dirname, "scene.sql"), "utf8"));
    await client.query("analyze");
  } finally {
    await client.end();
  }
}

async function takeAll(browser: Browser, edge: string): Promise<void> {
  const context = await browser.newContext({
    ...{ colorScheme: "light", locale: "en-GB", timezoneId: "UTC", reducedMotion: "reduce" },
  });
  const page = await context.newPage();
  await page.goto(`${edge}/admin/`);
  await page.getByLabel("E-mail").fill(DEFAULT_ADMIN.email);
  await page.getByLabel("Password").fill(DEFAULT_ADMIN.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  await mkdir(FOLDER, { recursive: true });
  for (const { name, path, height, isReady } of SCENES.filter(({ name }) => isWanted(name))) {
    await page.setViewportSize({ width: WIDTH, height });
    await page.goto(edge + path);
    await isReady(page);
    await page.locator(".loading").first().waitFor({ state: "detached" });
    await take(page, name);
  }
}

/** Takes the page of a connect link. */
async function takeConnectPage(browser: Browser, stack: Stack): Promise<void> {
  const context = await browser.newContext({
    ...{ colorScheme: "light", locale: "en-GB", viewport: { width: 640, height: 1_000 } },
  });
  const page = await context.newPage();
  await page.goto(await signConnectLink(stack));
  await page.getByRole("button", { name: "Continue to Gmail" }).waitFor();
  await take(page, CONNECT);
}

/** Returns a link of the user that scene.sql keeps for the connect pages. */
async function signConnectLink({ keys, addresses }: Stack): Promise<string> {
  const links = connectLinks(v.parse(partnerKeys, keys.partner_keys), addresses.edge);
  const expiresAtMs = Date.now() + CONNECT_LINK_TTL_MS;
  return links.signUrl({
    ...{ purpose: "connect", userId: "usr_connecting", linkId: newId("lnk"), expiresAtMs },
  });
}

async function take(page: Page, name: string): Promise<void> {
  const file = join(FOLDER, `${name}.png`);
  await page.screenshot({ path: file });
  const { size } = await stat(file);
  if (size > MAX_BYTES)
    throw new Error(`Cannot use ${file}: found ${size} bytes, wanted ${MAX_BYTES}`);
  console.log(`✓ ${name}: ${Math.round(size / 1_024)} KiB`);
}
