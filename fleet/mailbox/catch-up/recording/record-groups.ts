import { type Db, findSqlState } from "../../../../db/client.ts";
import {
  cursorMoved,
  prepareMails,
  type PreparedMails,
  recordMailGroup,
  type RecordMails,
} from "../../../../db/mail/mail-logs.ts";
import { findSeen, type SeenRow, type SeenSearch } from "../../../../db/mail/seen.ts";
import type { Clock } from "../../../../shared/clock.ts";
import { Groups } from "../../../../shared/concurrency/groups.ts";

/** The maximum number of users in one statement, and the approximate maximum length of its JSON. */
const LIMITS = { maxItems: 100, maxWeight: 256 * 1_024 };
/**
 * How many statements of each kind (writes, searches) run at the same time. With two, Postgres
 * works on one while the answer of the other is read.
 */
const MAX_GROUPS = 2;
/**
 * A statement normally takes a few milliseconds. A longer one may be waiting for one user's row.
 * After this time, it no longer counts toward MAX_GROUPS.
 */
const SLOW_MS = 1_000;
/**
 * How long a statement for several users waits for a locked row. Then its calls are repeated one by
 * one, so only the row's user waits.
 */
const LOCK_WAIT_MS = 250;
/** The approximate length of one mail's hashes when they are written as JSON. */
const KEY_LENGTH = 256;

/**
 * Writes and reads the records of mails of many users in few statements. A call becomes a statement
 * at once if fewer than MAX_GROUPS of its kind are running. Otherwise it waits, and all waiting
 * calls become one statement.
 *
 * One user's data or locked row may make such a statement fail. Then each of its calls is repeated
 * alone.
 */
export class RecordGroups {
  readonly #records: Groups<PreparedMails, boolean>;
  readonly #searches: Groups<SeenSearch, readonly SeenRow[]>;

  constructor({ db, clock }: { db: Db; clock: Pick<Clock, "sleep"> }) {
    const common = { ...LIMITS, maxGroups: MAX_GROUPS, slowMs: SLOW_MS };
    this.#records = new Groups(clock, {
      ...common,
      async handle(group, isAlone) {
        const recorded = await recordMailGroup(db, group, isAlone ? null : LOCK_WAIT_MS);
        return new Map(group.map((mails) => [mails, recorded.has(mails)]));
      },
      toKey: ({ userId }) => userId,
      weigh: ({ json }) => json.length,
      mayBeOfOne: (error, group) =>
        isOfStatement(error) && (group.length > 1 || findSqlState(error) === LOCK_NOT_AVAILABLE),
    });
    this.#searches = new Groups(clock, {
      ...common,
      handle: (group) => findSeen(db, group),
      toKey: ({ userId }) => userId,
      weigh: ({ mails }) => mails.length * KEY_LENGTH,
      mayBeOfOne: (error, group) => isOfStatement(error) && group.length > 1,
    });
  }

  /**
   * Records mails like `recordMails()`, in one statement together with mails of other users.
   * Records the mails of one user in the order of the calls. Call it only after the events are
   * stored in NATS.
   *
   * There is no `signal`: a session that ends must still record the mails that it has published.
   * Otherwise the next session would publish them again.
   *
   * @throws {CursorMoved} when the cursor of this mailbox has moved. Then nothing is written for
   * the mailbox.
   */
  async record(mails: RecordMails): Promise<void> {
    if (!(await this.#records.add(prepareMails(mails)))) throw cursorMoved(mails);
  }

  /** Searches like `findSeen()`, in one statement together with searches of other users. */
  find(search: SeenSearch, signal: AbortSignal): Promise<readonly SeenRow[]> {
    return this.#searches.add(search, signal);
  }
}

/** SQLSTATE lock_not_available: a row stayed locked longer than the statement may wait. */
const LOCK_NOT_AVAILABLE = "55P03";
/** SQLSTATE query_canceled: the statement took too long. */
const QUERY_CANCELED = "57014";

/**
 * Returns whether Postgres refused the statement itself, perhaps because of one user's data. If so,
 * the calls in the statement are repeated one by one.
 *
 * Returns false if Postgres cannot be reached (08 or no code), has no resources (53), is being
 * stopped (57, except QUERY_CANCELED) or has failed (58). Then more statements would only add to
 * the load.
 */
function isOfStatement(error: unknown): boolean {
  const state = findSqlState(error);
  return state !== undefined && (state === QUERY_CANCELED || !/^(08|53|57|58)/.test(state));
}
