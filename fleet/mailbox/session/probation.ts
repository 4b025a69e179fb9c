import type { Db } from "../../../db/client.ts";
import { beginTrial, endTrial, recordHarm, type UserHarm } from "../../../db/users/user-harms.ts";
import { moveUser } from "../../../db/users/user-states.ts";
import { reconnectDelayMs } from "../../../shared/concurrency/backoff.ts";
import type { Clock } from "../../../shared/clock.ts";
import { toErrorText } from "../../../shared/errors.ts";
import type { Log } from "../../../shared/log.ts";
import { harmPauseMs, isQuarantined } from "../../../shared/users/quarantine.ts";
import type { ReasonCode } from "../../../shared/users/reasons.ts";
import type { Account } from "../login/account.ts";
import type { UserMemory } from "./user-memory.ts";

interface ProbationDeps {
  db: Db;
  clock: Clock;
}

/** When a session on trial has lasted this long without harm, the trial ends. */
const TRIAL_MS = 5 * 60_000;
/** The longest pause between two tries to write to Postgres while it is unreachable. */
const MAX_OWN_PAUSE_MS = 15_000;

/**
 * Delays the sessions of a user whose mail server has harmed a process. Harm means that the server
 * sent too much data, blocked the process or crashed it. After the delay, the next session is a
 * trial. Harm and trial are written to Postgres before a session begins. So every instance knows
 * them, even after a crash.
 */
export class Probation {
  readonly #deps: ProbationDeps;
  readonly #user: { account: () => Account; memory: UserMemory };
  readonly #log: Log;
  #harm: UserHarm | null;
  #trial: NodeJS.Timeout | undefined;

  constructor(deps: ProbationDeps, user: { account: () => Account; memory: UserMemory }, log: Log) {
    this.#deps = deps;
    this.#user = user;
    this.#log = log;
    this.#harm = user.account().harm;
  }

  /**
   * Waits until a session may begin. If there was harm before, records that this session is a
   * trial.
   *
   * @returns false when `signal` has aborted.
   */
  async mayBegin(signal: AbortSignal): Promise<boolean> {
    if (this.#harm?.isOnTrial) await this.addHarm("server_crashed_us", signal);
    while (this.#harm && !signal.aborted) {
      await this.#pause(this.#harm, signal);
      if (signal.aborted) break;
      const begun = await this.#insist((at) => beginTrial(this.#deps.db, this.#userId, at), signal);
      if (begun === true) {
        this.#trial = setTimeout(() => void this.pass(), TRIAL_MS);
        break;
      }
      if (begun === false) this.#harm = null;
    }
    return !signal.aborted;
  }

  /** Records that the session has done harm. */
  async addHarm(reason: ReasonCode, signal: AbortSignal): Promise<void> {
    clearTimeout(this.#trial);
    const { db } = this.#deps;
    const record = (at: Date) => recordHarm(db, this.#userId, { reason, at });
    const harm = await this.#insist(record, signal);
    if (!harm) return;
    this.#harm = harm;
    const state = isQuarantined(harm.harms) ? "quarantined" : "backoff";
    this.#log.warn("user.harmed_us", {
      reason,
      harms: harm.harms,
      state,
      pause_ms: harmPauseMs(harm.harms),
    });
    await this.#insist(() => moveUser(db, this.#user.account(), state, reason), signal);
  }

  /** Records that the session ended, or lasted long enough, without harm. */
  async pass(): Promise<void> {
    if (this.#trial === undefined) return;
    clearTimeout(this.#trial);
    this.#trial = undefined;
    try {
      await endTrial(this.#deps.db, this.#userId);
    } catch (error) {
      this.#log.warn("user_trial.not_ended", { error: toErrorText(error) });
    }
  }

  get #userId(): string {
    return this.#user.account().userId;
  }

  /** Waits until the pause is over, or the user is released from it. */
  async #pause(harm: UserHarm, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const leftMs = harm.harmedAt.getTime() + harmPauseMs(harm.harms) - clock.now();
    if (leftMs <= 0) return;
    const released = new AbortController();
    this.#user.memory.endPause = () => released.abort();
    await clock.sleep(leftMs, AbortSignal.any([signal, released.signal]));
    this.#user.memory.endPause = () => {};
  }

  async #insist<T>(write: (at: Date) => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    const { clock } = this.#deps;
    for (let errors = 0; !signal.aborted;) {
      try {
        return await write(new Date(clock.now()));
      } catch (error) {
        errors++;
        this.#log.warn("user_harm.not_recorded", { errors, error: toErrorText(error) });
        const delayMs = reconnectDelayMs(errors, clock.random);
        await clock.sleep(Math.min(delayMs, MAX_OWN_PAUSE_MS), signal);
      }
    }
    return undefined;
  }
}
