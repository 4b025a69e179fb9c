import type { ServedConnection } from "./connection.ts";
import { ImapServerEvent, type ImapServerEventType } from "./server-event.ts";

/** The open connections, and the number of logins so far. */
export class Clients {
  readonly events = new EventTarget();
  readonly #connections = new Set<ServedConnection>();
  readonly #loginCounts = new Map<string, number>();

  add(connection: ServedConnection): void {
    this.#connections.add(connection);
  }

  /** Returns all connections, or only the connections that are logged in as `login`. */
  of(login: string | undefined): ServedConnection[] {
    const all = [...this.#connections];
    return login === undefined ? all : all.filter((connection) => connection.login === login);
  }

  loginCount(login: string | undefined): number {
    if (login !== undefined) return this.#loginCounts.get(login) ?? 0;
    return [...this.#loginCounts.values()].reduce((sum, count) => sum + count, 0);
  }

  readonly onEvent = (type: ImapServerEventType, connection: ServedConnection): void => {
    const { login } = connection;
    if (type === "disconnect") this.#connections.delete(connection);
    if (type === "login" && login !== undefined) {
      this.#loginCounts.set(login, this.loginCount(login) + 1);
    }
    this.events.dispatchEvent(new ImapServerEvent(type, login));
  };
}
