import type { ImapCommand } from "../parsing/command.ts";
import { parseBearer, parseLogin } from "../sasl/initial-response.ts";
import { listMechanisms } from "../sasl/mechanisms.ts";
import type { Oauth2Mechanism } from "../sasl/token-options.ts";
import { type Completion, completed, type Session } from "../sessions/session.ts";
import { enterAccount, logInSession, REFUSED } from "./login.ts";

/** Executes AUTHENTICATE, with or without an initial response (RFC 4959). */
export async function authenticateSession(
  session: Session,
  command: ImapCommand & { name: "AUTHENTICATE" },
): Promise<Completion> {
  const mechanism = listMechanisms(session.server).find((name) => name === command.mechanism);
  if (!mechanism) return completed("NO [CANNOT] The mechanism is not supported");
  const given = command.initialResponse ?? (await session.ask(""));
  if (given === "*") return completed("BAD AUTHENTICATE cancelled");
  const response = Buffer.from(given, "base64").toString("utf8");
  switch (mechanism) {
    case "PLAIN":
      return withPassword(session, response);
    case "XOAUTH2":
    case "OAUTHBEARER":
      return await withAccessToken(session, mechanism, response);
    case "XOAUTH":
      return await withSignedRequest(session, response);
  }
}

/** Logs in with the mechanism PLAIN (RFC 4616). */
function withPassword(session: Session, response: string): Completion {
  const [, login, password] = response.split("\0");
  if (login === undefined || password === undefined)
    return completed("BAD Malformed PLAIN response");
  return logInSession(session, login, password);
}

/**
 * What a client must answer to an error message before the server sends NO (RFC 7628, section
 * 3.2.3).
 */
const ERROR_SEEN = { XOAUTH2: "", OAUTHBEARER: "AQ==" } as const;

async function withAccessToken(
  session: Session,
  mechanism: Oauth2Mechanism,
  response: string,
): Promise<Completion> {
  const { oauth2, accounts } = session.server;
  const bearer = parseBearer(mechanism, response);
  if (!bearer) return completed(`BAD Malformed ${mechanism} response`);
  const { login, accessToken } = bearer;
  try {
    const worth = await oauth2?.check(login, accessToken);
    const account = worth && accounts.find(login);
    if (!account) return await refuseToken(session, mechanism);
    if (oauth2?.endsAtExpiry && worth.expiresAtMs !== null) session.endAt(worth.expiresAtMs);
    return enterAccount(session, account);
  } catch {
    return completed("NO [UNAVAILABLE] The token cannot be checked now");
  }
}

async function refuseToken(session: Session, mechanism: Oauth2Mechanism): Promise<Completion> {
  const status = mechanism === "XOAUTH2" ? "400" : "invalid_token";
  const error = JSON.stringify({ status, schemes: "bearer", scope: "https://mail.demo.test/" });
  const seen = await session.ask(Buffer.from(error).toString("base64"));
  return completed(seen === ERROR_SEEN[mechanism] ? REFUSED : "BAD The error was not answered");
}

/**
 * Logs in with Gmail's XOAUTH. The client signs an HTTP request (RFC 5849), and sends it only as
 * its answer to AUTHENTICATE.
 */
async function withSignedRequest(session: Session, request: string): Promise<Completion> {
  const { oauth1, accounts } = session.server;
  const login = parseLogin(request);
  const account = login === undefined ? undefined : accounts.find(login);
  if (login === undefined || !account) return completed(REFUSED);
  return (await oauth1?.check(login, request))
    ? enterAccount(session, account)
    : completed(REFUSED);
}
