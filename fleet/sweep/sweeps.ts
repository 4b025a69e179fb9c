import { endSweep, readOpenSweeps, type OpenSweep, SweepMoved } from "../../db/mail/sweeps.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import { createPlaces } from "../../shared/concurrency/places.ts";
import { ImapError } from "../mailbox/imap/failures/imap-error.ts";
import { type FetchMemory, newFetchMemory } from "../mailbox/imap/fetch/fetch-patiently.ts";
import { LaneFull } from "../quota/lane-quota.ts";
import { TokenError } from "../tokens/token-error.ts";
import { createPace } from "../quota/pace.ts";
import { MailboxNotRead } from "./mailbox-not-read.ts";
import { runSweep, type SweepDeps, type SweepSettings } from "./run-sweep.ts";
import {
  afterSweepFailure,
  countSweepError,
  NO_SWEEP_ERRORS,
  type SweepErrors,
} from "./sweep-failure.ts";

export interface SweepsDeps extends Omit<SweepDeps, "pace"> {
  log: Log;
  /** Returns the users that this instance watches. Only their sweeps run here. */
  userIds(): readonly string[];
}

export interface SweepsSettings extends SweepSettings {
  intervalMs: number;
  /** The maximum number of messages per second that all sweeps of this process publish together. */
  ratePerS: number;
}

/**
 * How many sweeps run at the same time. Each has a connection, and up to 5 MiB of bodies in memory.
 */
const CONCURRENCY = 4;
/** How long a sweep may run while other sweeps wait. */
const TURN_MS = 60_000;

interface InHand {
  errors: SweepErrors;
  fetches: FetchMemory;
  stop: AbortController;
  ended: Promise<void>;
}

/**
 * Runs the sweeps that the API requested, also those that another instance left. Call `wake()` when
 * there may be a new sweep. `run()` resolves when its signal aborted and all sweeps have stopped.
 * It never rejects.
 */
export function createSweeps(deps: SweepsDeps, settings: SweepsSettings): Repetition {
  const { db, clock } = deps;
  const sweepDeps = { ...deps, pace: createPace(clock, settings.ratePerS) };
  const places = createPlaces(CONCURRENCY);
  const inHand = new Map<string, InHand>();

  /** Runs a sweep once, and decides what follows. */
  async function runOnce(
    sweep: OpenSweep,
    hand: InHand,
    signal: AbortSignal,
  ): Promise<"ended" | "again"> {
    const log = deps.log.with({ sweep_id: sweep.id, user_id: sweep.userId });
    const startedMs = clock.now();
    try {
      using _place = await places.acquire(toParty(sweep), signal);
      const turnEndsMs = clock.monotonic() + TURN_MS;
      const isTurnOver = () => places.waiting > 0 && clock.monotonic() > turnEndsMs;
      const sweeping = { sweep, fetches: hand.fetches, isTurnOver };
      if ((await runSweep(sweepDeps, settings, sweeping, signal)) === "turn_over") {
        hand.errors = NO_SWEEP_ERRORS;
        return "again";
      }
      log.info("sweep.finished", { duration_ms: clock.now() - startedMs });
      return "ended";
    } catch (error) {
      if (signal.aborted || error instanceof SweepMoved) return "ended";
      if (error instanceof LaneFull) {
        // A waiting sweep holds no place and no connection, because other sweeps may need them.
        await deps.quota.wait(error.partnerId, signal);
        return "again";
      }
      const isKnown = error instanceof ImapError || error instanceof TokenError;
      const failure = isKnown ? error.failure : null;
      const why = error instanceof MailboxNotRead ? "not_read" : failure;
      hand.errors = countSweepError(hand.errors, why);
      const { count: errors } = hand.errors;
      const after = afterSweepFailure(why, errors, clock.random);
      log.warn("sweep.interrupted", { error: toErrorText(error), errors });
      if (after.kind === "retry") await clock.sleep(after.delayMs, signal);
      else await endSweep(db, sweep.id, after.error);
      return after.kind === "retry" ? "again" : "ended";
    }
  }

  /**
   * Runs a sweep. Never rejects. If its end cannot be written, the sweep stays open and is found
   * again.
   */
  async function run(sweep: OpenSweep, hand: InHand): Promise<void> {
    const { signal } = hand.stop;
    try {
      while (!signal.aborted && (await runOnce(sweep, hand, signal)) === "again");
    } catch (error) {
      deps.log.warn("sweep.interrupted", { sweep_id: sweep.id, error: toErrorText(error) });
    } finally {
      inHand.delete(sweep.id);
    }
  }

  const look = async () => {
    const userIds = deps.userIds();
    const open = userIds.length === 0 ? [] : await readOpenSweeps(db, userIds);
    const ids = new Set(open.map(({ id }) => id));
    for (const [id, { stop }] of inHand) if (!ids.has(id)) stop.abort();
    for (const sweep of open.filter(({ id }) => !inHand.has(id))) {
      const stop = new AbortController();
      const hand: InHand = {
        errors: NO_SWEEP_ERRORS,
        fetches: newFetchMemory(),
        stop,
        ended: Promise.resolve(),
      };
      inHand.set(sweep.id, hand);
      hand.ended = run(sweep, hand);
    }
  };

  const looking = repeat(deps, { name: "sweeps", everyMs: settings.intervalMs, work: look });
  return {
    wake: looking.wake,
    async run(signal) {
      await looking.run(signal);
      const running = [...inHand.values()];
      for (const { stop } of running) stop.abort();
      await Promise.all(running.map(({ ended }) => ended));
    },
  };
}

const toParty = ({ partnerId, host }: OpenSweep) => ({ partnerId, host });
