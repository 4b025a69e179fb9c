import { type Context, Hono } from "hono";
import type { AppEnv } from "../app-env.ts";
import { admitPage } from "../middleware/admit-page.ts";
import { lazyBody } from "../middleware/body.ts";
import { database } from "../middleware/database.ts";
import { onError } from "../problem.ts";
import { toSearched } from "../text.ts";
import { askToDisconnect, disconnect } from "./disconnect.ts";
import { checkLogin } from "./form/check-login.ts";
import { loginForm } from "./form/login-form.ts";
import { beginOAuth1 } from "./oauth1/begin.ts";
import { finishOAuth1 } from "./oauth1/callback.ts";
import { openConsumer } from "./oauth1/client.ts";
import { beginOAuth2 } from "./oauth2/begin.ts";
import { finishOAuth2 } from "./oauth2/callback.ts";
import { toOAuthClient } from "./oauth2/client.ts";
import { openLink, type OpenLink } from "./open-link.ts";
import { isOwnForm } from "./own-form.ts";
import { askConsent } from "./page/ask-consent.ts";
import { errorStatusPage, refusalPage } from "./page/failure-page.ts";
import { getLogo } from "./page/logo-image.ts";
import { Refusal } from "./refusals.ts";
import { continueTry } from "./trying/continue-try.ts";
import { readTryPath } from "./trying/try-path.ts";

/** The pages that people open with a link. Every answer is a page or a redirect. */
export const connectPages = new Hono<AppEnv>();

connectPages.get("/connect/logo/:partner/:digest", admitPage, database, (c) =>
  getLogo(c, toSearched(c.req.param("partner")), toSearched(c.req.param("digest"))),
);

connectPages.get("/connect/:token{.+}", admitPage, database, async (c) => {
  const tryPath = readTryPath(c.req.url);
  if (tryPath) return continueTry(c, tryPath);
  const opened = await openLink(c, "connect");
  if (opened.provider.kind === "plain") return loginForm(c, opened, { status: 200 });
  if (!opened.partner.consentPage) return proceed(c, opened);
  await requireClient(c, opened);
  return askConsent(c, opened);
});

connectPages.post("/connect/:token{.+}", admitPage, database, lazyBody, async (c) => {
  const opened = await openLink(c, "connect");
  refuseForeignForm(c);
  return proceed(c, opened);
});

/** Does what the person asked for on the page of the link: tries the login, or leads to the provider. */
async function proceed(c: Context<AppEnv>, opened: OpenLink): Promise<Response> {
  switch (opened.provider.kind) {
    case "plain":
      return checkLogin(c, opened);
    case "oauth1":
      return beginOAuth1(c, opened);
    case "oauth2":
      return beginOAuth2(c, opened);
  }
}

/** @throws {Refusal} when the connection has no client at its provider. */
async function requireClient(c: Context<AppEnv>, opened: OpenLink): Promise<void> {
  if (opened.provider.kind === "oauth1") await openConsumer(c.env.partnerVault, opened);
  else toOAuthClient(opened);
}

connectPages.get("/disconnect/:token{.+}", admitPage, database, async (c) =>
  askToDisconnect(c, await openLink(c, "disconnect")),
);

connectPages.post("/disconnect/:token{.+}", admitPage, database, async (c) => {
  const opened = await openLink(c, "disconnect");
  refuseForeignForm(c);
  return disconnect(c, opened);
});

connectPages.get("/oauth2/callback", admitPage, database, finishOAuth2);
connectPages.get("/oauth1/callback", admitPage, database, finishOAuth1);

connectPages.onError(async (error, c) => {
  if (error instanceof Refusal) {
    c.var.log.info("link.refused", { code: error.code });
    return refusalPage(c, error);
  }
  const { status, headers } = await onError(error, c);
  const page = await errorStatusPage(c, status);
  const retryAfter = headers.get("retry-after");
  if (retryAfter !== null) page.headers.set("retry-after", retryAfter);
  return page;
});

function refuseForeignForm(c: Context<AppEnv>): void {
  const said = { site: c.req.header("sec-fetch-site"), origin: c.req.header("origin") };
  if (!isOwnForm(said, c.env.publicUrl)) throw new Refusal("origin");
}
