export type ImapServerEventType = "login" | "idle" | "disconnect";

/** An action of a client. `login` is undefined if the client disconnected without logging in. */
export class ImapServerEvent extends Event {
  declare readonly type: ImapServerEventType;
  readonly login: string | undefined;

  constructor(type: ImapServerEventType, login: string | undefined) {
    super(type);
    this.login = login;
  }
}

/**
 * Waits for the next event of a type. If `login` is given, the event must have this login. Rejects
 * when the signal aborts.
 */
export async function nextEvent(
  events: EventTarget,
  type: ImapServerEventType,
  { login, signal }: { login?: string; signal?: AbortSignal } = {},
): Promise<ImapServerEvent> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<ImapServerEvent>();
  const found = new AbortController();
  const listener = (event: Event) => {
    if (!(event instanceof ImapServerEvent) || (login !== undefined && event.login !== login))
      return;
    found.abort();
    resolve(event);
  };
  events.addEventListener(type, listener, { signal: found.signal });
  const giveUp = () => {
    found.abort();
    reject(signal?.reason);
  };
  signal?.addEventListener("abort", giveUp, { signal: found.signal });
  return promise;
}
