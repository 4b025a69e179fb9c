import type { PartnerSettings } from "../../../db/partners/partner-settings.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Bus } from "../../bus/bus.ts";
import { parseEventSubject } from "../../bus/subjects.ts";
import { blockers } from "./blocker.ts";
import type { Conclusion } from "../delivery/settle.ts";
import type { Taken } from "../delivery/take.ts";
import { createUserTurns } from "./user-turns.ts";

export interface OrderDeps {
  bus: Bus;
  clock: Clock;
  findPartner(partnerId: string): PartnerSettings | undefined;
}

export interface Order {
  /** How many pulled events wait here for another event of their user. */
  readonly waiting: number;
  /**
   * Runs `work` when it is the event's turn. Returns the conclusion of `work`, or "again" if NATS
   * must deliver the event again before its turn.
   */
  run(taken: Taken, work: () => Promise<Conclusion>, signal: AbortSignal): Promise<Conclusion>;
}

const MAX_WAITING = 256;
const FULL_MS = 20_000;
const POSTPONED_MS = 5_000;

/**
 * Keeps the order of each user's events, if the partner wants it. Attempts an event only after the
 * earlier one has ended, even across retries and new owners of the lane. Waiting does not count as
 * an attempt.
 */
export function createOrder(deps: OrderDeps, partnerId: string): Order {
  const turns = createUserTurns(MAX_WAITING, FULL_MS);
  const blockedFor = blockers(deps, partnerId);

  return {
    get waiting() {
      return turns.waiting;
    },
    async run(taken, work, signal) {
      if (deps.findPartner(partnerId)?.ordered !== true) return work();
      const { user_id: userId } = parseEventSubject(taken.subject);
      const turn = await turns.take(userId, taken.seq);
      if (turn.kind === "later") return { kind: "again", afterMs: turn.afterMs };
      let laterMs: number | null = POSTPONED_MS;
      try {
        const afterMs = await blockedFor(userId, taken.seq);
        const end: Conclusion = afterMs === null ? await work() : { kind: "again", afterMs };
        laterMs = end.kind === "again" ? end.afterMs : null;
        return end;
      } finally {
        // No delay when the lane stops: its next owner need not wait.
        turn.end(signal.aborted ? 0 : laterMs);
      }
    },
  };
}
