import type { FetchedMail } from "../../../imap/fetched-mail.ts";
import { expectFreeQuota } from "../../../quota/lane-quota.ts";
import { readOn } from "../../catch-up/catch-up.ts";
import { FetchedMails } from "../../catch-up/recording/fetched-mails.ts";
import { turnToRead } from "../../catch-up/recording/record-batch.ts";
import type { IdleOutcome, IdleTask } from "../../imap/idle/idle-watches.ts";
import { openMailbox, type Position, type Watch } from "./watch.ts";

/**
 * A mailbox that was read up to the present, and that an IdleWatch watches now. Records the mail
 * that arrives.
 *
 * While no mail arrives, no function waits here, and there is no signal. When the watch has ended,
 * `user.onIdleEnd()` is called, unless `leave()` waits for the end.
 */
export class IdleMailbox implements IdleTask {
  readonly #watch: Watch;
  #position: Position;
  #outcome: IdleOutcome | null = null;
  /** Stops the reading of new mail; null while none is read. */
  #reading: AbortController | null = null;
  /** Called when the watch has ended; null while `leave()` does not wait. */
  #onLeft: ((outcome: IdleOutcome) => void) | null = null;

  constructor(watch: Watch, position: Position) {
    this.#watch = watch;
    this.#position = position;
  }

  /** How far the mailbox is read. */
  get position(): Position {
    return this.#position;
  }

  get hasEnded(): boolean {
    return this.#outcome !== null;
  }

  /**
   * Asks the watch to rest, and waits until it has ended. Fetched mail is recorded first, unless
   * `end` aborts.
   */
  async leave(end: AbortSignal): Promise<IdleOutcome> {
    if (this.#outcome) return this.#outcome;
    const { promise, resolve } = Promise.withResolvers<IdleOutcome>();
    this.#onLeft = resolve;
    const stopReading = () => this.#reading?.abort();
    end.addEventListener("abort", stopReading);
    if (end.aborted) stopReading();
    this.#watch.connection.restIdleWatch();
    const outcome = await promise;
    end.removeEventListener("abort", stopReading);
    return outcome;
  }

  async takePlace(): Promise<Disposable> {
    const { deps, user } = this.#watch;
    expectFreeQuota(deps.quota, user.account().partnerId);
    return await turnToRead(deps, this.#open(), this.#beginReading());
  }

  async record(mails: readonly FetchedMail[], announcedMs: number): Promise<void> {
    const { deps } = this.#watch;
    const { uidValidity, cursor } = this.#position;
    const source = new FetchedMails(mails, uidValidity);
    const open = { ...this.#open(), connection: source, announcedMs };
    const reached = await readOn(deps, open, cursor, source.headers, this.#beginReading());
    this.#position = { ...this.#position, cursor: reached };
  }

  onHeard(caughtUpMs: number | null): void {
    this.#reading = null;
    const { deps, user } = this.#watch;
    deps.heard(user.account().userId, caughtUpMs);
  }

  onEnd(outcome: IdleOutcome): void {
    this.#outcome = outcome;
    this.#reading = null;
    if (this.#onLeft) this.#onLeft(outcome);
    else this.#watch.user.onIdleEnd();
  }

  #open() {
    return openMailbox(this.#watch, this.#position.uidValidity);
  }

  #beginReading(): AbortSignal {
    this.#reading ??= new AbortController();
    return this.#reading.signal;
  }
}
