import type { Sessions } from "../../fleet/mailbox/session/sessions.ts";
import { createOutboxSweeper } from "../../fleet/relay/outbox-sweeper.ts";
import { runRelay } from "../../fleet/relay/relay.ts";
import { createSweeper } from "../../fleet/relay/sweeper.ts";
import { systemClock } from "../../shared/clock.ts";
import { runTogether } from "../../shared/concurrency/run-together.ts";
import { noCommands } from "../harness/no-commands.ts";
import type { SessionStack } from "../mailbox/session-stack.ts";

const AGE_MS = 1_000;
/** The delays before retries in ms. Sweepers and deliveries use them. */
export const retryScheduleMs = [500, 500, 500, 500, 500, 500, 500, 500, 500, 500];

/**
 * Starts the relay, the sweeper for mails and the sweeper for the outbox, all with short intervals.
 */
export function startSweepers(
  { bus, db, log, vaults }: SessionStack,
  sessions: Pick<Sessions, "userIds" | "refetch">,
): AsyncDisposable {
  const deps = { bus, db, log, clock: systemClock };
  const settings = { intervalMs: 200, ageMs: AGE_MS, retryScheduleMs };
  const relay = {
    ...deps,
    mailboxVault: vaults.mailbox,
    partnerVault: vaults.partner,
    handlers: noCommands,
  };
  const stop = new AbortController();
  const running = runTogether(
    [
      (signal) => runRelay(relay, { intervalMs: 50 }, signal),
      createSweeper({ ...deps, ...sessions }, settings).run,
      createOutboxSweeper(deps, settings).run,
    ],
    stop.signal,
  );
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
