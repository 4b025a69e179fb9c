import type { SecureContext } from "node:tls";
import type { Db } from "../../../db/client.ts";
import { setTokenUsername } from "../../../db/users/user-states.ts";
import type { Places } from "../../../shared/concurrency/places.ts";
import { findDialAddress } from "../../dialling/dial-address.ts";
import type { Tokens } from "../../tokens/tokens.ts";
import type { Account } from "./account.ts";
import type { Credentials } from "../imap/login/credentials.ts";
import type { ImapServer } from "../imap/imap-server.ts";
import type { InputTurns } from "../imap/input/input-turns.ts";
import { HostNotAllowed } from "../imap/failures/failure.ts";
import { ImapError } from "../imap/failures/imap-error.ts";
import type { ImapTimeouts } from "../imap/imap-client.ts";
import { connectImap } from "../imap/client-connection.ts";
import type { ImapConnection } from "../imap/imap-connection.ts";
import type { LoginGate } from "./login-gate.ts";
import { type CredentialDeps, openCredentials } from "./open-credentials.ts";

export interface ConnectDeps {
  loginGate: LoginGate;
  /** Limits how many users log in at the same time. */
  logins: Places;
  secureContext: SecureContext;
  turns: InputTurns;
  /** Called when a login ends, with `ok` or the reason. */
  onLogin?(result: string): void;
}

export type LogInDeps = ConnectDeps & CredentialDeps & { db: Db; tokens: Pick<Tokens, "discard"> };

export interface LogInSettings {
  maxEmailSizeBytes: number;
  timeouts: ImapTimeouts;
  /** Whether users may name mail servers that have private addresses. */
  allowsPrivateHosts: boolean;
}

export interface LoggedIn {
  connection: ImapConnection;
  /**
   * When the session must begin again: shortly before its access token expires. Null if it has no
   * access token.
   */
  renewAtMs: number | null;
}

/** A literal may be larger than the largest allowed mail by this many bytes. */
const LITERAL_MARGIN_BYTES = 64 * 1_024;

/**
 * Logs a user in, at the login rate of its host. If the server refuses the access token, tries one
 * new token. (The provider may have withdrawn the first one.) If the server refuses the new token
 * too, tries the account's other names.
 */
export async function logIn(
  deps: LogInDeps,
  settings: LogInSettings,
  account: Account,
  signal: AbortSignal,
): Promise<LoggedIn> {
  const attempt = async () => {
    const { credentials, accessToken } = await openCredentials(deps, account, signal);
    try {
      const { server, partnerId } = account;
      const target = { server, partnerId, credentials };
      const connection = await connect(deps, settings, target, signal);
      return { connection, renewAtMs: accessToken?.renewAtMs ?? null };
    } catch (error) {
      if (!accessToken || !isRefusedToken(error)) throw error;
      deps.tokens.discard(account.userId, accessToken);
      return error;
    }
  };
  const first = await attempt();
  if (!(first instanceof ImapError)) return first;
  const second = await attempt();
  if (!(second instanceof ImapError)) return second;
  const named = await logInByName(deps, settings, account, signal);
  if (named === null) throw second;
  return named;
}

/**
 * Tries the account's other names, which come from the ID token. Returns null when all are refused.
 */
async function logInByName(
  deps: LogInDeps,
  settings: LogInSettings,
  account: Account,
  signal: AbortSignal,
): Promise<LoggedIn | null> {
  const { login, server, partnerId } = account;
  if (login.kind !== "oauth2") return null;
  for (const username of login.otherNames ?? []) {
    const named = { ...account, login: { ...login, username } };
    const { credentials, accessToken } = await openCredentials(deps, named, signal);
    try {
      const connection = await connect(deps, settings, { server, partnerId, credentials }, signal);
      await setTokenUsername(deps.db, account, username);
      return { connection, renewAtMs: accessToken?.renewAtMs ?? null };
    } catch (error) {
      if (!isRefusedToken(error)) throw error;
    }
  }
  return null;
}

const isRefusedToken = (error: unknown): error is ImapError =>
  error instanceof ImapError && error.failure.reason === "token_refused";

/** Where to log in, with what, and for which partner. */
export interface LoginTarget {
  server: ImapServer;
  partnerId: string;
  credentials: Credentials;
}

/** Makes one connection and one login, at the login rate of the host. */
export async function connect(
  deps: ConnectDeps,
  settings: LogInSettings,
  { server, partnerId, credentials }: LoginTarget,
  signal: AbortSignal,
): Promise<ImapConnection> {
  const party = { partnerId, host: server.host };
  await deps.loginGate.pass({ ...party, ratePerS: server.loginRate }, signal);
  using _place = await deps.logins.acquire(party, signal);
  const isChecked = server.isOwnHost && !settings.allowsPrivateHosts;
  const options = {
    server,
    ...(isChecked && { address: await publicAddress(server.host) }),
    credentials,
    secureContext: deps.secureContext,
    turns: deps.turns,
    maxLiteralBytes: settings.maxEmailSizeBytes + LITERAL_MARGIN_BYTES,
    timeouts: settings.timeouts,
  };
  try {
    const connection = await connectImap(options, signal);
    deps.onLogin?.("ok");
    return connection;
  } catch (error) {
    if (!signal.aborted && error instanceof ImapError) deps.onLogin?.(error.failure.reason);
    throw error;
  }
}

async function publicAddress(host: string): Promise<string> {
  try {
    const address = await findDialAddress(host);
    if (address === null) throw new HostNotAllowed();
    return address;
  } catch (cause) {
    throw new ImapError("find the mail server", cause);
  }
}
