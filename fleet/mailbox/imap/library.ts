import type { ImapFlow } from "imapflow";
import { ClientUids } from "./client-uids.ts";
import type { ClientLog } from "./failures/client-log.ts";
import { watchResponseCodes } from "./failures/response-codes.ts";
import { type ConnectOptions, type ContinuedSocket, newImapClient } from "./imap-client.ts";
import { InputGuard } from "./input/input-guard.ts";
import type { InputKind } from "./input/input-limits.ts";

/** ImapFlow's client for one connection, with the objects that guard its input and ask for UIDs. */
export interface Library {
  client: ImapFlow;
  input: InputGuard;
  uids: ClientUids;
}

/** Callbacks for the events of a client. */
interface LibraryEvents {
  /** Called when a command of this kind begins. */
  onCommand(kind: InputKind): void;
  onClose(): void;
  /** Called when the server has announced at least this many new messages. */
  onExists(more: number): void;
  onUidValidity(uidValidity: number): void;
  /** Called when the server sent a response code that says why a command or the session fails. */
  onReason(code: string): void;
}

interface NewLibrary {
  options: ConnectOptions;
  log: ClientLog;
  /** A logged-in connection that the client uses. Default: the client makes a new connection. */
  continued?: ContinuedSocket;
}

/** Creates an ImapFlow client that is not connected yet, with its guard. */
export function openLibrary(
  { options, log, continued }: NewLibrary,
  events: LibraryEvents,
): Library {
  const client = newImapClient(options, log, continued);
  const input = new InputGuard(client, options.turns, options.maxLiteralBytes);
  const uids = new ClientUids(client, log, (kind) => events.onCommand(kind));
  // When the server throttles us, ImapFlow would wait. The connection is closed instead, and the
  // next session waits. This callback runs before ImapFlow's wait, but close() ends only a wait
  // that has begun. So close() is called later.
  log.onThrottled = () => void setTimeout(() => client.close());
  // The listeners are attached before connect(): an error without a listener would be an uncaught
  // exception. `close` always follows an error.
  client.on("error", (error) => input.onError(error));
  client.on("close", () => events.onClose());
  client.on("exists", ({ count, prevCount }) => {
    // Reports at least one message, even if the count did not grow. The previous count may have
    // been wrong or missing.
    events.onExists(Math.max(count - prevCount, 1));
  });
  watchResponseCodes(client, {
    onUidValidity: (said) => events.onUidValidity(said),
    onMessageLimit: (limit) => uids.onMessageLimit(limit),
    onReason: (code) => events.onReason(code),
  });
  return { client, input, uids };
}
