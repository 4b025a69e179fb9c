import type { Context } from "hono";
import * as v from "valibot";
import { checkTokenLoginAnswer, type Command } from "../../shared/commands.ts";
import { reasonText } from "../../shared/users/reasons.ts";
import type { AppEnv } from "../app-env.ts";
import { askFleet } from "../commands/ask-fleet.ts";
import { ConnectFailure } from "./failures.ts";

type CheckTokenLogin = Extract<Command, { kind: "check_token_login" }>;
export type TokenLogin = Pick<CheckTokenLogin, "usernames" | "token">;

/**
 * The result of a login. `username` is the name that the mail server accepted. `unknown` means that
 * it is not known yet whether the mail server accepts the login; the fleet finds out later.
 */
export type TriedToken = { result: "accepted"; username: string } | { result: "unknown" };

/**
 * How long we let a person wait for the result of a login, in milliseconds. A login usually takes a
 * few seconds, and few people wait longer than this.
 */
const PATIENCE_MS = 25_000;

/**
 * Asks the fleet to try to log in with a token that the provider has just granted. The fleet tries
 * each name that the account may have.
 *
 * @throws {ConnectFailure} `login_refused`, when the mail server refuses the token with every name.
 */
export async function tryToken(
  c: Context<AppEnv>,
  userId: string,
  login: TokenLogin,
): Promise<TriedToken> {
  const { mailboxSealer, partnerVault } = c.env;
  const asked = await askFleet(
    { db: c.var.db, mailboxSealer, partnerVault },
    { kind: "check_token_login", user_id: userId, ...login },
    AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(PATIENCE_MS)]),
  );
  if (asked.outcome !== "answered") {
    c.var.log.warn("connect.login_unknown", { user_id: userId, reason: asked.outcome });
    return { result: "unknown" };
  }
  const answer = v.parse(checkTokenLoginAnswer, JSON.parse(asked.answer));
  switch (answer.result) {
    case "accepted":
      return answer;
    case "unknown":
      c.var.log.warn("connect.login_unknown", { user_id: userId, reason: answer.reason });
      return { result: "unknown" };
    case "refused":
      throw new ConnectFailure("login_refused", `The mail server refused it: ${answer.reason}`, {
        text: reasonText(answer.reason),
      });
  }
}
