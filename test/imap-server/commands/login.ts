import { capabilities } from "../capabilities.ts";
import type { Command } from "../command.ts";
import { type Completion, completed, type Session } from "../session.ts";

export function login(session: Session, command: Command & { name: "LOGIN" }): Completion {
  return logIn(session, utf8(command.login), utf8(command.password));
}

/** PLAIN (RFC 4616) only, with or without an initial response (RFC 4959). */
export async function authenticate(
  session: Session,
  command: Command & { name: "AUTHENTICATE" },
): Promise<Completion> {
  if (command.mechanism !== "PLAIN")
    return completed("NO [CANNOT] Only AUTHENTICATE PLAIN is supported");
  const response = command.initialResponse ?? (await session.ask(""));
  if (response === "*") return completed("BAD AUTHENTICATE cancelled");
  const [, authenticationId, password] = Buffer.from(response, "base64")
    .toString("utf8")
    .split("\0");
  if (authenticationId === undefined || password === undefined)
    return completed("BAD Malformed PLAIN response");
  return logIn(session, authenticationId, password);
}

function logIn(session: Session, name: string, password: string): Completion {
  if (session.state.kind !== "not-authenticated") return completed("BAD Already logged in");
  const account = session.server.accounts.authenticate(name, password);
  if (!account) return completed("NO [AUTHENTICATIONFAILED] Authentication failed");
  session.enter({ kind: "authenticated", account });
  session.tell("login");
  return completed(`OK [CAPABILITY ${capabilities(session)}] Logged in`);
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("utf8");
}
