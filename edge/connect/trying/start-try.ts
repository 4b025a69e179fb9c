import type { Context } from "hono";
import type { Command } from "../../../shared/commands.ts";
import { continuationRow } from "../../../shared/commands.ts";
import { newId } from "../../../shared/ids.ts";
import type { AppEnv } from "../../app-env.ts";
import { sendCommand } from "../../commands/ask-fleet.ts";
import type { Callbacks } from "../callbacks.ts";
import type { LinkedUser } from "../../../db/users/linked-user.ts";
import type { Continuation } from "./continuation.ts";
import { finishTry, waitForLogin } from "./finish-try.ts";
import { toTryPath } from "./try-path.ts";

type LoginCommand = Extract<Command, { kind: "check_login" | "check_token_login" }>;
/** A login to try. The members are alike in each kind of account. */
type LoginToTry = Continuation extends infer Kind
  ? Kind extends Continuation
    ? Omit<Kind, "started_at_ms">
    : never
  : never;

/**
 * How long the request that starts a login waits for its result, in milliseconds. A login that takes
 * longer gets a page, so that the person sees that something happens.
 */
const QUICK_MS = 1_000;

/**
 * Has the fleet try a login. If it ends quickly, returns the answer that follows from its result.
 * Otherwise redirects the browser to a page that shows the progress.
 *
 * @param link The URL of the link to which the login belongs.
 */
export async function startTry(
  c: Context<AppEnv>,
  { linked, callbacks, link }: { linked: LinkedUser; callbacks: Callbacks; link: string },
  { command, login }: { command: LoginCommand; login: LoginToTry },
): Promise<Response> {
  const { mailboxSealer, partnerVault } = c.env;
  const commandId = newId("cmd");
  const continuation: Continuation = { ...login, started_at_ms: Date.now() };
  const sealedContinuation = await partnerVault.seal(
    continuationRow(commandId),
    JSON.stringify(continuation),
  );
  const deps = { db: c.var.db, mailboxSealer };
  await sendCommand(deps, { id: commandId, command, sealedContinuation });
  const tried = { commandId, linked, callbacks, continuation };
  const asked = await waitForLogin(c, tried, QUICK_MS);
  if (asked.outcome !== "pending") return finishTry(c, tried, asked);
  return c.redirect(toTryPath({ link, commandId, isWaiting: false }), 303);
}
