import { capabilities } from "./capabilities.ts";
import type { ImapCommand } from "../parsing/command.ts";
import { append } from "../commands/append.ts";
import { authenticateSession } from "../commands/authenticate.ts";
import { fetch } from "../commands/fetch.ts";
import { close, expunge } from "../commands/expunge.ts";
import { idle } from "../commands/idle.ts";
import { list, lsub } from "../commands/list.ts";
import { login } from "../commands/login.ts";
import { create, select, status, unselect } from "../commands/mailbox.ts";
import { search } from "../commands/search.ts";
import { store } from "../commands/store.ts";
import { ImapSyntaxError } from "../parsing/scanner.ts";
import { type Completion, completed, type Session } from "./session.ts";

/** Executes one command. Every command of every client goes through this function. */
export async function dispatch(session: Session, command: ImapCommand): Promise<Completion> {
  switch (command.name) {
    case "CAPABILITY":
      session.send(`* CAPABILITY ${capabilities(session)}`);
      return completed("OK CAPABILITY completed");
    case "NOOP":
      return completed("OK NOOP completed");
    case "ID":
      session.send('* ID ("name" "SuperIMAP test server")');
      return completed("OK ID completed");
    case "LOGOUT":
      session.send("* BYE Logging out");
      return { text: "OK LOGOUT completed", afterwards: "close" };
    case "STARTTLS":
      if (!session.canStartTls) return completed("BAD STARTTLS is not available");
      return { text: "OK Begin TLS negotiation now", afterwards: "start-tls" };
    case "LOGIN":
      return login(session, command);
    case "AUTHENTICATE":
      return authenticateSession(session, command);
    case "ENABLE":
      requireAccount(session);
      session.send("* ENABLED");
      return completed("OK ENABLE completed");
    case "NAMESPACE":
      requireAccount(session);
      session.send('* NAMESPACE (("" "/")) NIL NIL');
      return completed("OK NAMESPACE completed");
    case "LIST":
      return list(session, requireAccount(session), command);
    case "LSUB":
      return lsub(session, requireAccount(session), command);
    case "CREATE":
      return create(requireAccount(session), command);
    case "STATUS":
      return status(session, requireAccount(session), command);
    case "SELECT":
    case "EXAMINE":
      return select(session, requireAccount(session), command);
    case "APPEND":
      return append(requireAccount(session), command);
    case "IDLE":
      requireAccount(session);
      return idle(session);
    case "CHECK":
      requireView(session);
      return completed("OK CHECK completed");
    case "CLOSE":
      return close(session, requireAccount(session), requireView(session));
    case "UNSELECT":
      requireView(session);
      return unselect(session, requireAccount(session));
    case "EXPUNGE":
      return expunge(requireView(session), command);
    case "SEARCH":
      return search(session, requireView(session), command);
    case "FETCH":
      return fetch(session, requireView(session), command);
    case "STORE":
      return store(session, requireView(session), command);
  }
}

function requireAccount({ state }: Session) {
  if (state.kind === "not-authenticated") throw new ImapSyntaxError("Log in first");
  return state.account;
}

function requireView({ state }: Session) {
  if (state.kind !== "selected") throw new ImapSyntaxError("Select a mailbox first");
  return state.view;
}
