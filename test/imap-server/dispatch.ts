import { capabilities } from "./capabilities.ts";
import type { Command } from "./command.ts";
import { append } from "./commands/append.ts";
import { authenticate } from "./commands/authenticate.ts";
import { fetch } from "./commands/fetch.ts";
import { close, expunge } from "./commands/expunge.ts";
import { idle } from "./commands/idle.ts";
import { list, lsub } from "./commands/list.ts";
import { login } from "./commands/login.ts";
import { create, select, status, unselect } from "./commands/mailbox.ts";
import { search } from "./commands/search.ts";
import { store } from "./commands/store.ts";
import { ImapSyntaxError } from "./scanner.ts";
import { type Completion, completed, type Session } from "./session.ts";

/** Executes one command. Every command of every client goes through this function. */
export async function dispatch(session: Session, command: Command): Promise<Completion> {
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
      return authenticate(session, command);
    case "ENABLE":
      accountOf(session);
      session.send("* ENABLED");
      return completed("OK ENABLE completed");
    case "NAMESPACE":
      accountOf(session);
      session.send('* NAMESPACE (("" "/")) NIL NIL');
      return completed("OK NAMESPACE completed");
    case "LIST":
      return list(session, accountOf(session), command);
    case "LSUB":
      return lsub(session, accountOf(session), command);
    case "CREATE":
      return create(accountOf(session), command);
    case "STATUS":
      return status(session, accountOf(session), command);
    case "SELECT":
    case "EXAMINE":
      return select(session, accountOf(session), command);
    case "APPEND":
      return append(accountOf(session), command);
    case "IDLE":
      accountOf(session);
      return idle(session);
    case "CHECK":
      viewOf(session);
      return completed("OK CHECK completed");
    case "CLOSE":
      return close(session, accountOf(session), viewOf(session));
    case "UNSELECT":
      viewOf(session);
      return unselect(session, accountOf(session));
    case "EXPUNGE":
      return expunge(viewOf(session), command);
    case "SEARCH":
      return search(session, viewOf(session), command);
    case "FETCH":
      return fetch(session, viewOf(session), command);
    case "STORE":
      return store(session, viewOf(session), command);
  }
}

function accountOf({ state }: Session) {
  if (state.kind === "not-authenticated") throw new ImapSyntaxError("Log in first");
  return state.account;
}

function viewOf({ state }: Session) {
  if (state.kind !== "selected") throw new ImapSyntaxError("Select a mailbox first");
  return state.view;
}
