import type { Db } from "../../db/client.ts";
import { sumLetterBytes } from "../../db/deliveries/letter-bytes.ts";
import type { Clock } from "../../shared/clock.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import type { Bus } from "../bus/bus.ts";
import { DEAD } from "../bus/subjects.ts";
import { newTally, type Tally } from "./tally.ts";

export interface LetterQuotaDeps {
  bus: Pick<Bus, "jsm">;
  db: Db;
  clock: Clock;
  log: Log;
}

export interface LetterQuotaSettings {
  /** How many bytes of DEAD one partner's letters may use. */
  quotaBytes: number;
  /** A letter that found no space is tried again after this time. Later waits are longer. */
  againMs: number;
}

/** The shortest time between two measurements of one partner's letters in DEAD. */
const MEASURE_MS = 10_000;

/**
 * After a letter found no space, its partner's letters are not tried for this share of `againMs`.
 */
const PAUSE_SHARE = 0.05;
export const MAX_AGAIN = 12;
/**
 * A multiple of `againMs`, longer than any wait for space. If `mayTry()` is not called for this
 * long, no letter of the partner waits. The partner then no longer counts as full.
 */
const FORGET_AFTER = 15;

interface Fullness {
  sinceMs: number;
  /**
   * Times on the monotonic clock: of the last refusal (`triedMs`), and of the last call of
   * `mayTry()` (`askedMs`).
   */
  triedMs: number;
  askedMs: number;
}

/**
 * The free space for dead letters in DEAD. Each partner has its own quota, so no partner can fill
 * DEAD for the others. If Postgres or NATS does not answer, the last measurement is used.
 */
export class LetterQuota {
  /** The first wait of a letter for space. Later waits are up to `MAX_AGAIN` times as long. */
  readonly againMs: number;
  readonly #deps: LetterQuotaDeps;
  readonly #quotaBytes: number;
  readonly #pauseMs: number;
  /** The partners whose last letter found no space. There may be space again by now. */
  readonly #full = new Map<string, Fullness>();
  readonly #tallies = new Map<string, Tally>();
  /** When each partner's letters were last measured, on the monotonic clock. */
  readonly #measuredMs = new Map<string, number>();

  constructor(deps: LetterQuotaDeps, { quotaBytes, againMs }: LetterQuotaSettings) {
    this.#deps = deps;
    this.#quotaBytes = quotaBytes;
    this.againMs = againMs;
    this.#pauseMs = PAUSE_SHARE * againMs;
  }

  /**
   * Returns whether to try to store a letter of the partner. False for a short time after a letter
   * found no space.
   */
  mayTry(partnerId: string): boolean {
    this.#measureSoon(partnerId);
    const known = this.#full.get(partnerId);
    if (!known) return true;
    known.askedMs = this.#deps.clock.monotonic();
    return known.askedMs - known.triedMs >= this.#pauseMs;
  }

  /**
   * Reserves space for a letter if the partner's quota allows it. Decides by the last measurement,
   * without waiting.
   *
   * @returns whether space was reserved.
   */
  take(partnerId: string, bytes: number): boolean {
    const tally = this.#ensureTally(partnerId);
    const used = tally.estimate(partnerId);
    // A partner's first letter is always accepted, even if it is larger than the quota.
    const isAllowed = used <= 0 || used + bytes <= this.#quotaBytes;
    if (isAllowed) tally.add(partnerId, bytes);
    else
      this.#refuse(
        partnerId,
        "Cannot keep more dead letters of the partner: they are at their quota",
      );
    return isAllowed;
  }

  /** Call when a letter with reserved space was stored. */
  stored(partnerId: string): void {
    if (this.#full.delete(partnerId))
      this.#deps.log.info("letters.have_room", { partner_id: partnerId });
  }

  /** Call when DEAD refused a letter with reserved space. */
  refused(partnerId: string, bytes: number, error: string): void {
    this.#ensureTally(partnerId).add(partnerId, -bytes);
    this.#refuse(partnerId, error);
  }

  /**
   * Returns since when the partner's letters find no space. Null if the last letter found space, or
   * if no letter waits.
   */
  fullSinceMs(partnerId: string): number | null {
    const known = this.#full.get(partnerId);
    if (!known) return null;
    const quietMs = this.#deps.clock.monotonic() - known.askedMs;
    if (quietMs <= FORGET_AFTER * this.againMs) return known.sinceMs;
    this.#full.delete(partnerId);
    return null;
  }

  #refuse(partnerId: string, error: string): void {
    const { clock, log } = this.#deps;
    const known = this.#full.get(partnerId);
    const nowMs = clock.monotonic();
    const sinceMs = known?.sinceMs ?? clock.now();
    this.#full.set(partnerId, { sinceMs, triedMs: nowMs, askedMs: nowMs });
    if (!known) log.error("letters.no_room", { partner_id: partnerId, error });
  }

  /** Measures in the background, so that the caller does not wait for the measurement. */
  #measureSoon(partnerId: string): void {
    const { clock, log } = this.#deps;
    const nowMs = clock.monotonic();
    const measuredMs = this.#measuredMs.get(partnerId) ?? -Infinity;
    if (nowMs - measuredMs < Math.min(MEASURE_MS, this.#pauseMs)) return;
    this.#measuredMs.set(partnerId, nowMs);
    this.#measure(partnerId).catch((error: unknown) => {
      log.warn("letter_room.not_measured", { partner_id: partnerId, error: toErrorText(error) });
    });
  }

  async #measure(partnerId: string): Promise<void> {
    const { bus, db } = this.#deps;
    const result = this.#ensureTally(partnerId).begin();
    const recorded = await sumLetterBytes(db, partnerId);
    // If NATS has lost DEAD, Postgres still has rows of the lost letters. So its sum is limited to
    // the size of DEAD.
    const { state } = await bus.jsm.streams.info(DEAD);
    result(new Map([[partnerId, Math.min(recorded, state.bytes)]]));
  }

  #ensureTally(partnerId: string): Tally {
    const tally = this.#tallies.get(partnerId) ?? newTally();
    this.#tallies.set(partnerId, tally);
    return tally;
  }
}
