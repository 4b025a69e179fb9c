import type { Context } from "hono";
import * as v from "valibot";
import { endLoginTry, findLoginTry, type TryOutcome } from "../../../db/fleet/commands.ts";
import type { GivenCredentials } from "../../../db/users/connect-user.ts";
import type { LinkedUser } from "../../../db/users/linked-user.ts";
import {
  type CheckTokenLoginAnswer,
  checkLoginAnswer,
  checkTokenLoginAnswer,
} from "../../../shared/commands.ts";
import type { AppEnv } from "../../app-env.ts";
import { type Asked, awaitAnswer } from "../../commands/ask-fleet.ts";
import { toLinkExpiryMs } from "../attempt.ts";
import type { Callbacks } from "../callbacks.ts";
import { ConnectFailure } from "../failures.ts";
import { connectUser, succeeded, tellingFailures } from "../finish.ts";
import { loginForm } from "../form/login-form.ts";
import { tellReason } from "../form/tell-reason.ts";
import { readerOf } from "../page/reader.ts";
import { Refusal } from "../refusals.ts";
import type { Continuation, PlainContinuation, TokenContinuation } from "./continuation.ts";

/** A login that was sent to the fleet. */
export interface LoginTry<C extends Continuation = Continuation> {
  commandId: string;
  linked: LinkedUser;
  callbacks: Callbacks;
  continuation: C;
}

/**
 * How long a login may take in all, in milliseconds. A login usually takes a few seconds, and few
 * people wait longer than this.
 */
export const PATIENCE_MS = 25_000;

/** Waits for the result of a login, at most `waitMs`. After `PATIENCE_MS` in all, it is unknown. */
export async function waitForLogin(
  c: Context<AppEnv>,
  { commandId, continuation }: Pick<LoginTry, "commandId" | "continuation">,
  waitMs: number,
): Promise<Asked | { outcome: "pending" }> {
  const startedAtMs = continuation.started_at_ms;
  const leftMs = Math.max(0, startedAtMs + PATIENCE_MS - Date.now());
  const asked = await awaitAnswer(
    { db: c.var.db, partnerVault: c.env.partnerVault },
    { id: commandId, startedAtMs },
    AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(Math.min(waitMs, leftMs))]),
  );
  return asked.outcome === "pending" && leftMs <= waitMs ? { outcome: "no-answer" } : asked;
}

/** Answers a person whose login has ended. A page that is opened again gives the same answer. */
export async function finishTry(
  c: Context<AppEnv>,
  tried: LoginTry,
  asked: Asked,
): Promise<Response> {
  const { continuation } = tried;
  try {
    if (continuation.kind === "plain") {
      return await finishPlain(c, { ...tried, continuation }, asked);
    }
    return await tellingFailures(c, tried.callbacks, () =>
      finishToken(c, { ...tried, continuation }, asked),
    );
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "spent") throw error;
    // Two requests for the same page may end the login at the same time.
    const outcome = (await findLoginTry(c.var.db, tried.commandId))?.outcome ?? null;
    if (outcome === null) throw error;
    return succeeded(c, tried.callbacks, outcome);
  }
}

async function finishPlain(
  c: Context<AppEnv>,
  tried: LoginTry<PlainContinuation>,
  asked: Asked,
): Promise<Response> {
  const { linked, callbacks, continuation } = tried;
  const { login, server } = continuation;
  const { words } = readerOf(c);
  const typed = {
    login,
    host: server?.host ?? "",
    port: String(server?.port ?? ""),
    security: server?.security ?? "",
  };
  const { link_id: linkId, is_choice: isChoice } = continuation;
  const expiresAtMs = toLinkExpiryMs(continuation.spent_until_ms);
  const link = {
    purpose: "connect",
    userId: linked.user.id,
    linkId,
    expiresAtMs,
    isChoice,
  } as const;
  const shown = { ...linked, callbacks, link };
  if (asked.outcome !== "answered") {
    return loginForm(c, shown, { status: 503, problem: words.form.away, typed });
  }
  const answer = v.parse(checkLoginAnswer, JSON.parse(asked.answer));
  if (answer.result === "refused") {
    const told = tellReason(words, answer.reason, linked.provider.ownHost);
    return loginForm(c, shown, { status: 422, ...told, typed });
  }
  return connect(c, tried, {
    kind: "plain",
    isTried: true,
    loginUsername: login,
    sealedLoginPassword: continuation.sealed_password,
    host: server && {
      imapHost: server.host,
      imapPort: server.port,
      imapSecurity: server.security,
    },
  });
}

async function finishToken(
  c: Context<AppEnv>,
  tried: LoginTry<TokenContinuation>,
  asked: Asked,
): Promise<Response> {
  const { linked, continuation } = tried;
  const answer = readTokenAnswer(asked);
  if (answer.result === "refused") {
    throw new ConnectFailure("login_refused", `The mail server refused it: ${answer.reason}`, {
      reason: answer.reason,
    });
  }
  if (answer.result === "unknown") {
    const { reason } = answer;
    c.var.log.warn("connect.login_unknown", { user_id: linked.user.id, reason });
  }
  const isTried = answer.result === "accepted";
  const { email } = continuation;
  if (continuation.kind === "oauth1") {
    const sealedOauth1Token = continuation.sealed_oauth1_token;
    return connect(c, tried, { kind: "oauth1", email, sealedOauth1Token, isTried });
  }
  const { usernames, sealed_refresh_token: sealedRefreshToken } = continuation;
  const { user } = linked;
  const usual = [user.loginUsername, user.email ?? email];
  const isOther = isTried && !usual.includes(answer.username);
  return connect(c, tried, {
    kind: "oauth2",
    email,
    sealedRefreshToken,
    tokenUsername: isOther ? answer.username : null,
    // If the login could not be tried, the fleet tries the same names later.
    tokenUsernames: isTried ? null : usernames.slice(1),
    isTried,
  });
}

function readTokenAnswer(asked: Asked): CheckTokenLoginAnswer {
  return asked.outcome === "answered"
    ? v.parse(checkTokenLoginAnswer, JSON.parse(asked.answer))
    : { result: "unknown", reason: asked.outcome };
}

async function connect(
  c: Context<AppEnv>,
  { commandId, linked, callbacks, continuation }: LoginTry,
  given: GivenCredentials,
): Promise<Response> {
  const outcome: TryOutcome = given.isTried ? "connected" : "saved";
  const link = {
    id: continuation.link_id,
    userId: linked.user.id,
    expiresAt: new Date(continuation.spent_until_ms),
    isChoice: continuation.is_choice,
  };
  await connectUser(c, linked, {
    link,
    given,
    alsoDo: (tx) => endLoginTry(tx, commandId, outcome),
  });
  return succeeded(c, callbacks, outcome);
}
