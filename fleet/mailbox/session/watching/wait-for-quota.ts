import type { Clock } from "../../../../shared/clock.ts";
import type { LaneQuota } from "../../../quota/lane-quota.ts";
import type { ImapConnection } from "../../imap/imap-connection.ts";

export interface Hold {
  partnerId: string;
  /**
   * Returns a signal that aborts when lost mail must be published again. This work needs no free
   * quota. When the work is taken, the next call returns a new signal.
   */
  waiting(): AbortSignal;
  renewalMs(): number;
  /**
   * Sends EXAMINE, which resets the count of announced mail, and does the work that needs no free
   * quota.
   */
  look(): Promise<void>;
}

/**
 * The shortest pause between two calls of `look()`. Mail that arrives while the quota is used up
 * must not cause more calls.
 */
const MIN_PAUSE_MS = 5_000;

/**
 * Keeps a connection logged in and in IDLE while the partner's quota is used up. Mail waits in the
 * mailbox. Resolves when this user's mail may be read, or when `end` aborts.
 */
export async function waitForQuota(
  deps: { clock: Clock; quota: LaneQuota; connection: ImapConnection },
  { partnerId, waiting, renewalMs, look }: Hold,
  end: AbortSignal,
): Promise<void> {
  const turn = new AbortController();
  using leave = abortOnDispose();
  const given = deps.quota.wait(partnerId, AbortSignal.any([end, leave.signal]));
  void given.then(() => turn.abort());
  while (!end.aborted && !turn.signal.aborted) {
    await look();
    const ends = [end, turn.signal, waiting()];
    await deps.connection.waitForMail(renewalMs(), ends);
    await deps.clock.sleep(MIN_PAUSE_MS, AbortSignal.any(ends));
  }
}

/**
 * Returns a signal that aborts on dispose. This user then leaves the queue, so that its turn goes
 * to another user.
 */
function abortOnDispose(): Disposable & { signal: AbortSignal } {
  const controller = new AbortController();
  return { signal: controller.signal, [Symbol.dispose]: () => controller.abort() };
}
