import type { Context } from "hono";
import * as v from "valibot";
import { countLinkTry } from "../../../db/users/spent-links.ts";
import { type CheckLoginAnswer, checkLoginAnswer } from "../../../shared/commands.ts";
import type { AppEnv } from "../../app-env.ts";
import { askFleet } from "../../commands/ask-fleet.ts";
import { connectUser, succeeded } from "../finish.ts";
import type { OpenLink } from "../open-link.ts";
import { Refusal } from "../refusals.ts";
import { type GivenLogin, parseTypedFields, readForm } from "./form-fields.ts";
import { loginForm } from "./login-form.ts";
import { tellReason } from "./tell-reason.ts";

/**
 * How long we let a person wait for the result of a login, in milliseconds. A login usually takes a
 * few seconds, and few people wait longer than this.
 */
const PATIENCE_MS = 25_000;
/** How many logins a person may try with one link. This limits password guessing. */
const MAX_TRIES = 10;
const AWAY =
  "We could not check the login at the moment. Nothing has changed. Try again in a minute.";

/** Asks the fleet to try the login. If the mail server accepts the login, connects the user. */
export async function checkLogin(c: Context<AppEnv>, opened: OpenLink): Promise<Response> {
  const { link, provider } = opened;
  const body = await c.var.body();
  const read = readForm(body, provider.ownHost);
  const typed = parseTypedFields(body);
  if ("faults" in read) return loginForm(opened, { status: 422, faults: read.faults, typed });

  const tries = await countLinkTry(c.var.db, link.linkId, new Date(link.expiresAtMs));
  if (tries > MAX_TRIES) throw new Refusal("too_many_tries");
  const answer = await tryLogin(c, opened, read.given);
  if (answer === undefined) return loginForm(opened, { status: 503, problem: AWAY, typed });
  if (answer.result === "refused") {
    const told = tellReason(answer.reason, provider.ownHost);
    return loginForm(opened, { status: 422, ...told, typed });
  }
  await connectWith(c, opened, read.given);
  return succeeded(c, opened.callbacks, "The account is connected");
}

/**
 * Asks the fleet to try the login.
 * @returns undefined when the fleet did not answer in time.
 */
async function tryLogin(
  c: Context<AppEnv>,
  { link }: OpenLink,
  { login, password, server }: GivenLogin,
): Promise<CheckLoginAnswer | undefined> {
  const { mailboxSealer, partnerVault } = c.env;
  const asked = await askFleet(
    { db: c.var.db, mailboxSealer, partnerVault },
    {
      kind: "check_login",
      user_id: link.userId,
      login_username: login,
      login_password: password,
      imap_host: server?.host ?? null,
      imap_port: server?.port ?? null,
      imap_security: server?.security ?? null,
    },
    AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(PATIENCE_MS)]),
  );
  if (asked.outcome !== "answered") return undefined;
  return v.parse(checkLoginAnswer, JSON.parse(asked.answer));
}

async function connectWith(
  c: Context<AppEnv>,
  opened: OpenLink,
  { login, password, server }: GivenLogin,
): Promise<void> {
  const { userId, linkId, expiresAtMs } = opened.link;
  const row = `users/${userId}/login_password` as const;
  const link = { id: linkId, userId, expiresAt: new Date(expiresAtMs) };
  await connectUser(c, opened, link, {
    kind: "plain",
    isTried: true,
    loginUsername: login,
    sealedLoginPassword: await c.env.mailboxSealer.seal(row, password),
    host: server && {
      imapHost: server.host,
      imapPort: server.port,
      imapSecurity: server.security,
    },
  });
}
