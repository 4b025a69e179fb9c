import { randomUUID } from "node:crypto";
import pg from "pg";
import type { BrowserContextOptions, Page } from "playwright-core";
import type { DemoUser } from "../../dev/stack/keys.ts";
import { OAUTH_PROVIDER, PROVIDER } from "../../dev/seed/seed.ts";
import { type Stack, startStack } from "../../dev/stack/stack.ts";
import { createApiCaller } from "../harness/api-caller.ts";
import { startChromium } from "../../dev/servers/chromium.ts";
import { type PartnerSite, startPartnerSite } from "./partner-site.ts";
import { newWaitingUser, type WaitingUser } from "./waiting-user.ts";
import { openPage } from "./open-page.ts";

/** With `own-server`, the person enters the mail server in the form. */
export type AccountKind = keyof typeof PROVIDERS;
const PROVIDERS = { oauth2: OAUTH_PROVIDER, plain: PROVIDER, "own-server": "IMAP" };

/** The whole product, a browser, and a partner's website that links to the connect pages. */
export interface BrowserStack extends AsyncDisposable {
  stack: Stack;
  site: PartnerSite;
  /** Returns a mail account that does not belong to any user yet. */
  newMailbox(): DemoUser;
  newUser(kind: AccountKind, tag?: string): Promise<WaitingUser>;
  /** Opens a page in a new browser context without cookies. */
  newPage(options?: BrowserContextOptions): Promise<Page>;
}

export async function startBrowserStack(): Promise<BrowserStack> {
  await using opened = new AsyncDisposableStack();
  const mailboxes = ["pia", "paul", "petra", "pim"].map(newDemoUser);
  const stack = opened.use(await startStack({ accounts: mailboxes }));
  const site = opened.use(await startPartnerSite());
  const browser = opened.adopt(await startChromium(), (started) => started.close());
  const { addresses } = stack;
  await changePartners(addresses.postgres, site.origin);
  const api = createApiCaller(addresses.edge, addresses.partner.api_key);
  const owned = opened.move();
  return {
    stack,
    site,
    newMailbox() {
      const mailbox = mailboxes.pop();
      if (!mailbox) throw new Error("Cannot take a mailbox: all are taken");
      return mailbox;
    },
    async newUser(kind, tag) {
      if (kind === "own-server") {
        await api("POST", "/connections", { body: { imap_provider_code: "IMAP" } });
      }
      return newWaitingUser({ stack, site, api }, PROVIDERS[kind], tag);
    },
    newPage: (options) => openPage(browser, options),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const newDemoUser = (name: string): DemoUser => ({
  tag: name,
  login: name,
  password: randomUUID(),
  address: `${name}@demo.test`,
});

/** Allows the origin in links, and has the pages offer the other providers of a tag. */
async function changePartners(postgres: string, origin: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgres });
  await client.connect();
  try {
    await client.query("update partners set allowed_origins = array[$1], provider_choice = true", [
      origin,
    ]);
  } finally {
    await client.end();
  }
}
