import type { ServerAccount } from "../accounts/account.ts";
import { capabilities } from "../sessions/capabilities.ts";
import type { ImapCommand } from "../parsing/command.ts";
import { type Completion, completed, type Session } from "../sessions/session.ts";

export const REFUSED = "NO [AUTHENTICATIONFAILED] Authentication failed";

export function login(session: Session, command: ImapCommand & { name: "LOGIN" }): Completion {
  return logInSession(session, utf8(command.login), utf8(command.password));
}

export function logInSession(session: Session, name: string, password: string): Completion {
  const account = session.server.accounts.authenticate(name, password);
  return account ? enterAccount(session, account) : completed(REFUSED);
}

/** Logs in a client whose identity has been verified. */
export function enterAccount(session: Session, account: ServerAccount): Completion {
  if (session.state.kind !== "not-authenticated") return completed("BAD Already logged in");
  session.enter({ kind: "authenticated", account });
  session.tell("login");
  return completed(`OK [CAPABILITY ${capabilities(session)}] Logged in`);
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("utf8");
}
