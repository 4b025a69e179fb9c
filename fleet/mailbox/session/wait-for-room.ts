import type { Clock } from "../../../shared/clock.ts";
import type { LaneRoom } from "../../quota/lane-room.ts";
import type { ImapConnection } from "../imap/imap-connection.ts";

export interface Hold {
  partnerId: string;
  /** Aborted while there is something to do that needs no room. */
  waiting(): AbortSignal;
  renewalMs(): number;
  /** Asks the server, which resets what it has announced, and does what needs no room. */
  look(): Promise<void>;
}

/** Mail that keeps coming to a held mailbox is no reason to ask its server more often. */
const MIN_PAUSE_MS = 5_000;

/**
 * Keeps a connection in IDLE while the partner's lane is full: mail waits in the mailbox, and nobody
 * logs out. Resolves when it is this user's turn to be read again, or when `end` aborts.
 */
export async function waitForRoom(
  deps: { clock: Clock; room: LaneRoom; connection: ImapConnection },
  { partnerId, waiting, renewalMs, look }: Hold,
  end: AbortSignal,
): Promise<void> {
  const turn = new AbortController();
  using leave = abortOnDispose();
  const given = deps.room.wait(partnerId, AbortSignal.any([end, leave.signal]));
  void given.then(() => turn.abort());
  while (!end.aborted && !turn.signal.aborted) {
    await look();
    const ends = [end, turn.signal, waiting()];
    await deps.connection.waitForMail(renewalMs(), ends);
    await deps.clock.sleep(MIN_PAUSE_MS, AbortSignal.any(ends));
  }
}

/** A turn that is waited for no more is another's. */
function abortOnDispose(): Disposable & { signal: AbortSignal } {
  const controller = new AbortController();
  return { signal: controller.signal, [Symbol.dispose]: () => controller.abort() };
}
