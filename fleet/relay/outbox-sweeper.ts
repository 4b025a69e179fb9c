import type { Db } from "../../db/client.ts";
import {
  type PublishedEvent,
  readPublishedEvents,
  reopenEvents,
} from "../../db/mail/lost-mails.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import type { Bus } from "../bus/bus.ts";
import { findLosses } from "./find-losses.ts";
import { attemptsAreWritten } from "./written-attempts.ts";

export interface OutboxSweeperDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
}

const PAGE = 200;
const WRITING_PATIENCE_MS = 10_000;

/**
 * Finds outbox events that NATS has lost, and marks them to be published again. May run on several
 * instances at once. NATS may still remember a lost event's id, and drop the publication as a
 * duplicate. So the publication is repeated until NATS has forgotten the id.
 */
export function createOutboxSweeper(
  deps: OutboxSweeperDeps,
  settings: { intervalMs: number; ageMs: number },
): Repetition {
  const { bus, db, clock, log } = deps;

  const findLost = async (events: readonly PublishedEvent[], signal: AbortSignal) => {
    const losses = await findLosses(bus, events);
    if (losses.length === 0) return [];
    const isCertain = await attemptsAreWritten({ bus, clock }, WRITING_PATIENCE_MS, signal);
    if (!isCertain) log.warn("sweeper.postponed", { suspects: losses.length });
    return isCertain ? losses.map(({ event }) => event.id) : [];
  };

  const sweep = async (signal: AbortSignal, goesOn: () => void) => {
    let [checked, lost, afterId] = [0, 0, 0];
    let events: PublishedEvent[];
    do {
      events = await readPublishedEvents(db, { ageMs: settings.ageMs, afterId, limit: PAGE });
      checked += events.length;
      // A delivery that has ended meanwhile has no row any more, so it is not reopened.
      lost += await reopenEvents(db, await findLost(events, signal));
      afterId = events.at(-1)?.id ?? 0;
      goesOn();
    } while (events.length === PAGE && !signal.aborted);
    if (checked > 0) log.info("sweeper.outbox_swept", { checked, lost });
  };

  const work = async (signal: AbortSignal, goesOn: () => void) => {
    try {
      await sweep(signal, goesOn);
    } catch (error) {
      // The most likely cause is that NATS has lost its streams.
      await bus.repair();
      throw error;
    }
  };
  return repeat(deps, { name: "outbox_sweeper", everyMs: settings.intervalMs, work });
}
