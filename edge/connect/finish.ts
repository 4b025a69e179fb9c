import type { Context } from "hono";
import { findConstraint } from "../../db/client.ts";
import {
  type GivenCredentials,
  giveCredentials,
  lockConnectable,
} from "../../db/users/connect-user.ts";
import type { LinkedUser } from "../../db/users/linked-user.ts";
import { enqueueUsersChanged } from "../../db/mail/outbox.ts";
import { type SpentLink, spendLink } from "../../db/users/spent-links.ts";
import type { AppEnv } from "../app-env.ts";
import { announce } from "../users/announce.ts";
import { becomeAccount } from "../users/become-account.ts";
import { type Callbacks, withError, withPending } from "./callbacks.ts";
import { ConnectFailure } from "./failures.ts";
import { plainPage } from "./layout.ts";
import { Refusal } from "./refusals.ts";

/**
 * In one transaction: marks the link as spent, stores the credentials, and pokes the fleet to read
 * them now. If the login was tried, also enqueues the event `user_connected`. If it was not tried
 * yet, the fleet enqueues the event after the first login.
 *
 * @throws {Refusal} when the link was spent or the user was archived meanwhile.
 * @throws {ConnectFailure} when the account has another address than the user, or when another user
 * already has this address.
 */
export async function connectUser(
  c: Context<AppEnv>,
  linked: LinkedUser,
  link: SpentLink,
  given: GivenCredentials,
): Promise<void> {
  const scope = {
    partnerId: linked.partner.id,
    connection: { providerCode: linked.provider.code },
  };
  try {
    await c.var.db.transaction(async (tx) => {
      const user = await lockConnectable(tx, link.userId);
      if (!user || user.archivedAt !== null) throw new Refusal("gone");
      if (!(await spendLink(tx, link))) throw new Refusal("spent");
      if (given.kind !== "plain") refuseOtherAccount(user.email, given.email);
      const connected = await giveCredentials(tx, user, given);
      await becomeAccount(tx, connected, "connect");
      // If the login was not tried, the fleet enqueues this event after the first login.
      if (given.isTried) await announce(tx, scope, connected, "user_connected");
      await enqueueUsersChanged(tx, scope.partnerId, [user.id]);
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

/** Redirects the browser to the partner's success URL, or shows the result on our own page. */
export function succeeded(
  c: Context<AppEnv>,
  { success }: Pick<Callbacks, "success">,
  title: string,
) {
  if (success !== null) return c.redirect(success, 303);
  return plainPage(200, title, "You can close this page.");
}

/**
 * Answers after the credentials were stored. If the login was not tried yet, the answer says only
 * that the account is saved.
 */
export function tellConnected(
  c: Context<AppEnv>,
  { success }: Pick<Callbacks, "success">,
  isTried: boolean,
) {
  if (isTried) return succeeded(c, { success }, "The account is connected");
  if (success !== null) return c.redirect(withPending(success), 303);
  return plainPage(
    200,
    "Your account is saved",
    "We are still trying to log in. If your mail server refuses the login, you will get a new link from the application that sent you this one. You can close this page.",
  );
}

/**
 * Runs `work` and handles a ConnectFailure: redirects the browser to the partner's failure
 * callback. Without such a callback, our own page shows the failure.
 */
export async function tellingFailures(
  c: Context<AppEnv>,
  { failure }: Callbacks,
  work: () => Promise<Response>,
): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConnectFailure)) throw error;
    const { code, message, text } = error;
    c.var.log.warn("connect.failed", { code, error: message });
    if (failure !== null) return c.redirect(withError(failure, code, text), 303);
    const status = code === "temporarily_unavailable" ? 503 : 422;
    return plainPage(status, "The account was not connected", text);
  }
}
