import type { Db } from "../../db/client.ts";
import { sumLetterBytes } from "../../db/deliveries/letter-bytes.ts";
import type { Clock } from "../../shared/clock.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import type { Bus } from "../bus/bus.ts";
import { DEAD } from "../bus/subjects.ts";
import { newTally } from "./tally.ts";

/**
 * The free space for dead letters in DEAD. Each partner has its own quota, so that no partner can
 * fill DEAD for the others.
 */
export interface LetterRoom {
  /**
   * Returns whether to try to store a letter of the partner. False for a while after a letter found
   * no space, because the next letter would find none either.
   */
  mayTry(partnerId: string): boolean;
  /**
   * Reserves space for a letter, if the partner's quota allows that. Returns whether space was
   * reserved. Decides at once, from the last measurement.
   */
  take(partnerId: string, bytes: number): boolean;
  /** Call when a letter with reserved space was stored. */
  stored(partnerId: string): void;
  /** Call when DEAD refused a letter with reserved space. */
  refused(partnerId: string, bytes: number, error: string): void;
  /**
   * Returns the time since which the partner's letters have found no space. Null if they have
   * space, as far as is known.
   */
  fullSinceMs(partnerId: string): number | null;
  /**
   * A letter that found no space is tried again after this time. Later waits are up to `MAX_AGAIN`
   * times as long.
   */
  readonly againMs: number;
}

export interface LetterRoomSettings {
  /** How many bytes of DEAD one partner's letters may use. */
  quotaBytes: number;
  /** A letter that found no space is tried again after this time, later less often. */
  againMs: number;
}

/** The shortest time between two measurements of one partner's letters in DEAD. */
const MEASURE_MS = 10_000;

/** After a letter found no space, no other letter is tried for this share of `againMs`. */
const PAUSE_SHARE = 0.05;
export const MAX_AGAIN = 12;
/**
 * If `mayTry()` was not called for a partner during this multiple of `againMs`, none of its letters
 * waits for space any more.
 */
const FORGET_AFTER = 15;

interface Fullness {
  sinceMs: number;
  /**
   * When a letter was last refused (`triedMs`), and when `mayTry()` was last called (`askedMs`).
   * Both are on the monotonic clock.
   */
  triedMs: number;
  askedMs: number;
}

/**
 * Creates a `LetterRoom`. Measures in Postgres and NATS; while they do not answer, the last
 * measurement is used.
 */
export function createLetterRoom(
  deps: { bus: Pick<Bus, "jsm">; db: Db; clock: Clock; log: Log },
  { quotaBytes, againMs }: LetterRoomSettings,
): LetterRoom {
  const pauseMs = PAUSE_SHARE * againMs;
  const { bus, db, clock, log } = deps;
  const full = new Map<string, Fullness>();
  const tallies = new Map<string, ReturnType<typeof newTally>>();
  const measuredMs = new Map<string, number>();

  function ensureTally(partnerId: string) {
    const tally = tallies.get(partnerId) ?? newTally();
    tallies.set(partnerId, tally);
    return tally;
  }

  async function measure(partnerId: string): Promise<void> {
    const result = ensureTally(partnerId).begin();
    const recorded = await sumLetterBytes(db, partnerId);
    // The smaller number counts: if NATS has lost DEAD, the rows in Postgres remain.
    const { state } = await bus.jsm.streams.info(DEAD);
    result(new Map([[partnerId, Math.min(recorded, state.bytes)]]));
  }

  /** Measures in the background, so that the caller does not wait for the measurement. */
  function measureSoon(partnerId: string): void {
    const nowMs = clock.monotonic();
    if (nowMs - (measuredMs.get(partnerId) ?? -Infinity) < Math.min(MEASURE_MS, pauseMs)) return;
    measuredMs.set(partnerId, nowMs);
    measure(partnerId).catch((error: unknown) => {
      log.warn("letter_room.not_measured", { partner_id: partnerId, error: toErrorText(error) });
    });
  }

  function refuse(partnerId: string, error: string): void {
    const known = full.get(partnerId);
    const nowMs = clock.monotonic();
    full.set(partnerId, {
      sinceMs: known?.sinceMs ?? clock.now(),
      triedMs: nowMs,
      askedMs: nowMs,
    });
    if (!known) log.error("letters.no_room", { partner_id: partnerId, error });
  }

  return {
    mayTry(partnerId) {
      measureSoon(partnerId);
      const known = full.get(partnerId);
      if (!known) return true;
      known.askedMs = clock.monotonic();
      return known.askedMs - known.triedMs >= pauseMs;
    },
    take(partnerId, bytes) {
      const tally = ensureTally(partnerId);
      const used = tally.estimate(partnerId);
      // The first letter is always accepted, even if it is larger than the quota.
      const hasRoom = used <= 0 || used + bytes <= quotaBytes;
      if (hasRoom) tally.add(partnerId, bytes);
      else
        refuse(partnerId, "Cannot keep more dead letters of the partner: they are at their quota");
      return hasRoom;
    },
    stored(partnerId) {
      if (full.delete(partnerId)) log.info("letters.have_room", { partner_id: partnerId });
    },
    refused(partnerId, bytes, error) {
      ensureTally(partnerId).add(partnerId, -bytes);
      refuse(partnerId, error);
    },
    fullSinceMs(partnerId) {
      const known = full.get(partnerId);
      if (!known) return null;
      if (clock.monotonic() - known.askedMs <= FORGET_AFTER * againMs) return known.sinceMs;
      full.delete(partnerId);
      return null;
    },
    againMs,
  };
}
