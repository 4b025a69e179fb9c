import type { Context } from "hono";
import { html } from "hono/html";
import * as v from "valibot";
import { findLoginTry } from "../../../db/fleet/commands.ts";
import { continuationRow } from "../../../shared/commands.ts";
import type { AppEnv } from "../../app-env.ts";
import { chooseCallbacks } from "../callbacks.ts";
import { succeeded } from "../finish.ts";
import { readLinkPath } from "../link-path.ts";
import { mustFindUser, refuseUnusable, rememberLink } from "../open-link.ts";
import { isolate, pageResponse } from "../page/layout.ts";
import { readerOf } from "../page/reader.ts";
import { Refusal } from "../refusals.ts";
import { fillHtml } from "../words/fill.ts";
import { type Continuation, continuation } from "./continuation.ts";
import { finishTry, type LoginTry, PATIENCE_MS, waitForLogin } from "./finish-try.ts";
import { toTryPath, type TryPath } from "./try-path.ts";

/** How long a request of the page waits for the result before the page is loaded again. */
const WAIT_MS = 8_000;

/**
 * Shows that a login is being tried, and what came of it. The page loads itself again: the first
 * time without a pause, into a request that waits. While it waits, the browser shows the page.
 */
export async function continueTry(c: Context<AppEnv>, path: TryPath): Promise<Response> {
  const { token, callbacks: wanted, language } = readLinkPath(path.link);
  c.set("language", language);
  const link = await c.env.links.read(token, "connect", Date.now());
  if ("fault" in link && link.fault === "invalid") throw new Refusal("invalid");
  // The link may have expired while the person was on the provider's pages.
  const { userId, linkId } = link;
  const linked = await mustFindUser(c, userId);
  const callbacks = chooseCallbacks(wanted, linked.partner);
  const { pathname, search } = new URL(path.link);
  const ownLink = pathname + search;
  rememberLink(c, linked, { failure: callbacks.failure, link: ownLink });

  const found = await findLoginTry(c.var.db, path.commandId);
  const opened = found && (await openContinuation(c, path.commandId, found.sealedContinuation));
  const isOwn = opened?.link_id === linkId && (opened.user_id ?? userId) === userId;
  if (!found || !isOwn) {
    await refuseUnusable(c, linked, { purpose: "connect", linkId });
    throw new Refusal("try_ended");
  }
  if (found.outcome !== null) return succeeded(c, callbacks, found.outcome);
  const tried = { commandId: path.commandId, linked, callbacks, continuation: opened };
  const asked = await waitForLogin(c, tried, path.isWaiting ? WAIT_MS : 0);
  if (asked.outcome !== "pending") return finishTry(c, tried, asked);
  return tryingPage(c, tried, toTryPath({ ...path, link: ownLink, isWaiting: true }));
}

async function openContinuation(
  c: Context<AppEnv>,
  commandId: string,
  sealed: string,
): Promise<Continuation> {
  const text = await c.env.partnerVault.open(continuationRow(commandId), sealed);
  return v.parse(continuation, JSON.parse(text));
}

function tryingPage(c: Context<AppEnv>, tried: LoginTry, next: string): Promise<Response> {
  const { language, words } = readerOf(c);
  const { trying } = words;
  const { linked, continuation: sent } = tried;
  const host = (sent.kind === "plain" ? sent.server?.host : undefined) ?? linked.provider.imapHost;
  const duration = new Intl.NumberFormat(language, {
    ...{ style: "unit", unit: "second", unitDisplay: "long" },
  }).format(PATIENCE_MS / 1_000);
  const names = {
    server: isolate(host),
    partner: isolate(linked.partner.name),
    duration: html`${duration}`,
  };
  return pageResponse(c, {
    status: 200,
    title: trying.title,
    next,
    body: html`<ol>
        <li>${trying.received}</li>
        <li aria-current="step"><strong>${fillHtml(trying.loggingIn, names)}</strong></li>
        <li>${fillHtml(trying.next, names)}</li>
      </ol>
      <p>${trying.stay}</p>`,
  });
}
