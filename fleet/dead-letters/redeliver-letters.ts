import type { Db } from "../../db/client.ts";
import { returnDeadLetters } from "../../db/deliveries/dead-letters.ts";
import {
  type ClaimedLetter,
  claimRedeliveries,
  markRequeued,
} from "../../db/deliveries/redeliveries.ts";
import { readWatchedUsers } from "../../db/users/watched-users.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import type { Bus } from "../bus/bus.ts";
import type { Pace } from "../quota/pace.ts";
import { planRedelivery, type RedeliveryPlan } from "./plan-redelivery.ts";
import { publishAgain } from "./publish-again.ts";
import { readLetter } from "./read-letter.ts";

export interface RedeliveryDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
  pace: Pace;
}

const BATCH = 100;
/**
 * The maximum number of letters of one partner in a batch. So a partner with a million letters does
 * not delay the others.
 */
const SHARE = 25;
/** How many letters, of up to 8 MiB each, are in memory at the same time. */
const CONCURRENCY = 4;

/**
 * Redelivers the events of a batch of letters. For each letter: publishes the body, then the event,
 * then updates the letter's row. Each step waits for the ack of the step before. After a crash at
 * any point, the steps are repeated after `leaseMs`, with the same message ids.
 *
 * @returns how many letters were in the batch.
 */
export async function redeliverLetters(
  deps: RedeliveryDeps,
  { leaseMs }: { leaseMs: number },
  signal: AbortSignal,
): Promise<number> {
  const { db, clock, log, pace } = deps;
  await pace.wait(signal);
  if (signal.aborted) return 0;
  const startedMs = clock.now();
  const limits = { limit: Math.min(BATCH, pace.burst), share: SHARE, leaseMs };
  const letters = await claimRedeliveries(db, limits);
  if (letters.length === 0) return 0;
  pace.spend(letters.length);
  const tally: Record<RedeliveryPlan["kind"], number> = { publish: 0, refetch: 0, return: 0 };
  for (let i = 0; i < letters.length; i += CONCURRENCY) {
    const slice = letters.slice(i, i + CONCURRENCY);
    const plans = await Promise.allSettled(slice.map((one) => redeliver(deps, one, signal)));
    for (const plan of plans) {
      if (plan.status === "rejected") throw plan.reason;
      tally[plan.value]++;
    }
  }
  log.info("dead_letters.requeued", {
    published: tally.publish,
    refetched: tally.refetch,
    returned: tally.return,
    duration_ms: clock.now() - startedMs,
  });
  return letters.length;
}

async function redeliver(
  { bus, db, log }: RedeliveryDeps,
  letter: ClaimedLetter,
  signal: AbortSignal,
): Promise<RedeliveryPlan["kind"]> {
  const { eventId, userId, partnerId, requestedAtMs } = letter;
  const found = await readLetter(bus, letter);
  const isWatched = (await readWatchedUsers(db, [userId])).length > 0;
  const plan = planRedelivery(found, { ...letter, isWatched });
  const ids = { event_id: eventId, partner_id: partnerId, user_id: userId };
  switch (plan.kind) {
    case "publish": {
      const seq = await publishAgain(bus, plan.whole, requestedAtMs, signal);
      if (!(await markRequeued(db, letter, seq))) log.warn("dead_letter.dropped", ids);
      break;
    }
    // Marks the mail as queued, without a sequence in EVENTS. The sweeper treats such a mail as
    // lost, and has it fetched from the mailbox.
    case "refetch":
      if (!(await markRequeued(db, letter, null))) log.warn("dead_letter.dropped", ids);
      break;
    case "return":
      await returnDeadLetters(db, [{ eventId, error: plan.error }]);
      log.warn("dead_letter.returned", { ...ids, error: plan.error });
      break;
  }
  return plan.kind;
}
