import type { ImapFlow } from "imapflow";
import type { InputGuard } from "../input/input-guard.ts";
import type { IdleEnd } from "./idle-watches.ts";
import type { SharedTexts } from "./shared-texts.ts";

export type ClientSocket = ReturnType<ImapFlow["unbind"]>["socket"];

/** A logged-in connection whose socket ImapFlow has released. */
export interface IdleSocket {
  socket: ClientSocket;
  isEncrypted: boolean;
  /** The server's capabilities, separated by spaces. `greetAgain()` puts them into its greeting for the next client. */
  capabilities: string;
  /** Why the connection was closed; null while it is open. */
  end: IdleEnd | null;
}

/**
 * Takes the socket from ImapFlow. Returns null, and changes nothing, while a command or a response
 * is incomplete.
 */
export function takeSocket(
  client: ImapFlow,
  input: InputGuard,
  texts: SharedTexts,
): IdleSocket | null {
  if (!input.isAtRest || !client.usable || client.idling) return null;
  const { socket } = client.unbind();
  client.removeAllListeners();
  socket.setTimeout(0);
  const capabilities = texts.share([...client.capabilities.keys()].join(" "));
  return { socket, isEncrypted: client.secureConnection, capabilities, end: null };
}

/**
 * Prepares the socket for a new client. Inserts a PREAUTH greeting before the data from the server.
 * PREAUTH means that the client is logged in (RFC 9051, 7.1.4).
 */
export function greetAgain({ socket, capabilities }: IdleSocket): void {
  const greeting = `* PREAUTH [CAPABILITY ${capabilities}] continued\r\n`;
  socket.unshift(Buffer.from(greeting, "latin1"));
}

/** Sends LOGOUT, and waits at most `logoutMs` until the server closes the connection. */
export async function logOutOf({ socket }: IdleSocket, logoutMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (socket.destroyed) return;
  socket.once("close", () => resolve());
  socket.resume();
  socket.write("W0 LOGOUT\r\n");
  const timer = setTimeout(() => socket.destroy(), logoutMs);
  await promise;
  clearTimeout(timer);
}
