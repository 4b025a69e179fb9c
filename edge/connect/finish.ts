import type { Context } from "hono";
import { html } from "hono/html";
import { type Db, findConstraint } from "../../db/client.ts";
import {
  type GivenCredentials,
  giveCredentials,
  lockConnectable,
} from "../../db/users/connect-user.ts";
import type { LinkedUser } from "../../db/users/linked-user.ts";
import { enqueueUsersChanged } from "../../db/mail/outbox.ts";
import { type SpentLink, spendLink } from "../../db/users/spent-links.ts";
import type { AppEnv } from "../app-env.ts";
import { reasonText } from "../../shared/users/reasons.ts";
import { announce } from "../users/announce.ts";
import { becomeAccount } from "../users/become-account.ts";
import { type Callbacks, withError, withPending } from "./callbacks.ts";
import { ConnectFailure } from "./failures.ts";
import { failurePage } from "./page/failure-page.ts";
import { isolate, linkLine, pageResponse } from "./page/layout.ts";
import { readerOf } from "./page/reader.ts";
import { Refusal } from "./refusals.ts";
import { en, type Words } from "./words/en.ts";
import { fillHtml } from "./words/fill.ts";
import { translateReason } from "./words/translate-reason.ts";

interface Connecting {
  link: SpentLink & { isChoice: boolean };
  given: GivenCredentials;
  /** What is written in the same transaction. */
  alsoDo(tx: Db): Promise<void>;
}

/**
 * In one transaction: marks the link as spent, stores the credentials, and pokes the fleet to read
 * them now. If the login was tried, also enqueues the event `user_connected`. If it was not tried
 * yet, the fleet enqueues the event after the first login.
 *
 * @throws {Refusal} when the link was spent or the user was archived meanwhile, and when a link that
 * another page offered is for a user that has credentials by now.
 * @throws {ConnectFailure} when the account has another address than the user, or when another user
 * already has this address.
 */
export async function connectUser(
  c: Context<AppEnv>,
  linked: LinkedUser,
  { link: { isChoice, ...link }, given, alsoDo }: Connecting,
): Promise<void> {
  const scope = {
    partnerId: linked.partner.id,
    connection: { providerCode: linked.provider.code },
  };
  try {
    await c.var.db.transaction(async (tx) => {
      const user = await lockConnectable(tx, link.userId);
      if (!user || user.archivedAt !== null) throw new Refusal("gone");
      if (isChoice && user.credentialsAt !== null) throw new Refusal("spent");
      if (!(await spendLink(tx, link))) throw new Refusal("spent");
      if (given.kind !== "plain") refuseOtherAccount(user.email, given.email);
      const connected = await giveCredentials(tx, user, given);
      await becomeAccount(tx, connected, "connect");
      // If the login was not tried, the fleet enqueues this event after the first login.
      if (given.isTried) await announce(tx, scope, connected, "user_connected");
      await enqueueUsersChanged(tx, scope.partnerId, [user.id]);
      await alsoDo(tx);
    });
  } catch (cause) {
    if (findConstraint(cause) !== "users_living_email") throw cause;
    throw new ConnectFailure("email_taken", "Another living user has this address", { cause });
  }
  const event = given.isTried ? "user.connected" : "user.login_pending";
  c.var.log.info(event, { user_id: link.userId, kind: given.kind });
}

/**
 * Refuses an account with another address than the user's. A partner that wants to allow another
 * account clears the user's address first.
 *
 * @throws {ConnectFailure} `wrong_account`.
 */
export function refuseOtherAccount(expected: string | null, email: string): void {
  if (expected === null || expected.toLowerCase() === email.toLowerCase()) return;
  throw new ConnectFailure("wrong_account", "The user has another address");
}

/** What has happened, with a title and a text of its own in words/. */
type Outcome = "connected" | "disconnected" | "saved";

/** Redirects the browser to the partner's success URL, or shows the outcome on our own page. */
export function succeeded(
  c: Context<AppEnv>,
  { success }: Pick<Callbacks, "success">,
  outcome: Outcome,
) {
  if (success !== null) {
    return c.redirect(outcome === "saved" ? withPending(success) : success, 303);
  }
  const { done, actions } = readerOf(c).words;
  const texts = {
    connected: [done.connected, done.connectedText],
    disconnected: [done.disconnected, done.disconnectedText],
    saved: [done.saved, done.savedText],
  } as const;
  const [title, text] = texts[outcome];
  const { name = "", websiteUrl = null } = c.get("linkContext")?.partner ?? {};
  return pageResponse(c, {
    status: 200,
    title,
    body: html`<p>${fillHtml(text, { partner: isolate(name) })}</p>
      <p>${actions.close}</p>
      ${websiteUrl !== null && linkLine(websiteUrl, actions.back, name)}`,
  });
}

/**
 * Runs `work` and handles a ConnectFailure: redirects the browser to the partner's failure
 * callback. Without such a callback, our own page shows the failure.
 */
export async function tellingFailures(
  c: Context<AppEnv>,
  { failure }: Pick<Callbacks, "failure">,
  work: () => Promise<Response>,
): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConnectFailure)) throw error;
    const { code, message, reason } = error;
    c.var.log.warn("connect.failed", { code, error: message });
    const description = reason === undefined ? en.failures[code] : reasonText(reason);
    if (failure !== null) {
      return c.redirect(withError(failure, { error: code, description, reason }), 303);
    }
    const { words } = readerOf(c);
    return failurePage(c, {
      status: code === "temporarily_unavailable" ? 503 : 422,
      title: words.notConnected.title,
      text: describeFailure(words, error, c.get("linkContext")?.email ?? null),
      ...{ error: code, description, canRetry: true },
    });
  }
}

function describeFailure(words: Words, { code, reason }: ConnectFailure, email: string | null) {
  if (code === "wrong_account" && email !== null) {
    return fillHtml(words.notConnected.useAccount, { email: isolate(email) });
  }
  return reason === undefined ? words.failures[code] : translateReason(words, reason);
}
