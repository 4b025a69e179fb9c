import type { Db } from "../../db/client.ts";
import { sumLetterBytes } from "../../db/deliveries/letter-bytes.ts";
import type { Clock } from "../../shared/clock.ts";
import { messageOf } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import type { Bus } from "../bus/bus.ts";
import { DEAD } from "../bus/subjects.ts";
import { newTally } from "./tally.ts";

/** Room for dead letters in DEAD: each partner has its quota, so that one does not fill it for the others. */
export interface LetterRoom {
  /** False for a while after a letter of the partner's had no room: the next one has none either. */
  mayTry(partnerId: string): boolean;
  /** Takes room for a letter, if the partner's quota has it. Decides at once, by what was measured last. */
  take(partnerId: string, bytes: number): boolean;
  /** A letter that had taken room was stored. */
  stored(partnerId: string): void;
  /** DEAD did not take a letter that had taken room. */
  refused(partnerId: string, bytes: number, error: string): void;
  /** Since when the partner's letters have no room; null when they have, as far as is known. */
  fullSinceMs(partnerId: string): number | null;
  /** When a letter that had no room is tried again; up to `MAX_AGAIN` times that later on. */
  readonly againMs: number;
}

export interface LetterRoomSettings {
  /** Of one partner's letters in DEAD. */
  quotaBytes: number;
  /** When a letter that had no room is tried again. */
  againMs: number;
}

/** How often at most what a partner has in DEAD is measured. */
const MEASURE_MS = 10_000;

/** Of the time until a letter is tried again: so long nothing is tried after one that had no room. */
const PAUSE_SHARE = 0.05;
export const MAX_AGAIN = 12;
/** When nobody has tried for so many of these times, nothing waits for room any more. */
const FORGET_AFTER = 15;

interface Fullness {
  sinceMs: number;
  /** When a letter was refused last, and when one was last asked for; of the monotonic clock. */
  triedMs: number;
  askedMs: number;
}

/** Measures by Postgres and by NATS; while these do not answer, what they said last counts. */
export function createLetterRoom(
  deps: { bus: Pick<Bus, "jsm">; db: Db; clock: Clock; log: Log },
  { quotaBytes, againMs }: LetterRoomSettings,
): LetterRoom {
  const pauseMs = PAUSE_SHARE * againMs;
  const { bus, db, clock, log } = deps;
  const full = new Map<string, Fullness>();
  const tallies = new Map<string, ReturnType<typeof newTally>>();
  const measuredMs = new Map<string, number>();

  function tallyOf(partnerId: string) {
    const tally = tallies.get(partnerId) ?? newTally();
    tallies.set(partnerId, tally);
    return tally;
  }

  async function measure(partnerId: string): Promise<void> {
    const result = tallyOf(partnerId).begin();
    const recorded = await sumLetterBytes(db, partnerId);
    // Rows outlive a store that was lost.
    const { state } = await bus.jsm.streams.info(DEAD);
    result(new Map([[partnerId, Math.min(recorded, state.bytes)]]));
  }

  /** In the background: a burial does not wait for it. */
  function measureSoon(partnerId: string): void {
    const nowMs = clock.monotonic();
    if (nowMs - (measuredMs.get(partnerId) ?? -Infinity) < Math.min(MEASURE_MS, pauseMs)) return;
    measuredMs.set(partnerId, nowMs);
    measure(partnerId).catch((error: unknown) => {
      log.warn("letter_room.not_measured", { partner_id: partnerId, error: messageOf(error) });
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
      const tally = tallyOf(partnerId);
      const used = tally.estimate(partnerId);
      // One letter may be larger than the quota.
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
      tallyOf(partnerId).add(partnerId, -bytes);
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
