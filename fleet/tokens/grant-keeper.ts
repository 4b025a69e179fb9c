import type { Db } from "../../db/client.ts";
import { readIdleGrants } from "../../db/users/refresh-tokens.ts";
import type { Clock } from "../../shared/clock.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import type { GrantOwner, Tokens } from "./tokens.ts";

export interface GrantKeeperDeps {
  db: Db;
  clock: Clock;
  log: Log;
  tokens: Pick<Tokens, "refresh" | "prune">;
}

const BATCH = 50;
/**
 * The pause after each refresh: at most ten refreshes per second at each provider. Nobody waits for
 * these refreshes.
 */
const PAUSE_MS = 100;
/**
 * How long a batch may take. A token endpoint that hangs delays other endpoints for no longer than
 * this.
 */
const BATCH_MS = 60_000;

/**
 * Uses refresh tokens that were idle for a third of the time that their provider allows. Otherwise
 * the provider would drop them. Tokens are idle while users are paused or mail servers are
 * unreachable. A failed refresh is tried again in the next round.
 */
export function createGrantKeeper(
  deps: GrantKeeperDeps,
  settings: { intervalMs: number },
): Repetition {
  const { db, clock, log, tokens } = deps;

  async function keep(owner: GrantOwner, signal: AbortSignal): Promise<void> {
    try {
      await tokens.refresh(owner, signal);
    } catch (error) {
      const { userId } = owner;
      if (!signal.aborted)
        log.warn("grant.not_kept", { user_id: userId, error: toErrorText(error) });
    }
    await clock.sleep(PAUSE_MS, signal);
  }

  return repeat(deps, {
    name: "grant_keeping",
    everyMs: settings.intervalMs,
    async work(signal, goesOn) {
      tokens.prune();
      for (let after = ""; !signal.aborted;) {
        const idle = await readIdleGrants(db, after, BATCH);
        const end = AbortSignal.any([signal, AbortSignal.timeout(BATCH_MS)]);
        const keepAll = async (owners: readonly GrantOwner[]) => {
          for (const owner of owners) if (!end.aborted) await keep(owner, end);
        };
        const groups = Map.groupBy(idle, ({ providerCode }) => providerCode);
        await Promise.all([...groups.values()].map(keepAll));
        goesOn();
        const last = idle.at(-1);
        if (!last) return;
        after = last.userId;
      }
    },
  });
}
