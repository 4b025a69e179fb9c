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

/** The most users in one statement, and about the most text in it. */
const LIMITS = { maxItems: 100, maxWeight: 256 * 1_024 };
/** With two statements in flight, Postgres works on one while the answer of the other is read. */
const MAX_GROUPS = 2;
/** A statement normally takes a few milliseconds. One that takes longer may wait for one user's row. */
const SLOW_MS = 1_000;
/** How long a group waits for a row that is locked; after that, the user of the row waits alone. */
const LOCK_WAIT_MS = 250;
/** About the length of a mail's hashes as JSON. */
const KEY_LENGTH = 256;

/**
 * Writes and reads the records of mails of many users in few statements: what users ask for while
 * earlier statements run becomes one statement. A user who asks alone waits for nobody, and a user
 * whose data or locked row makes a statement fail delays nobody else for long.
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
   * Does what `recordMails()` does, with its guarantees: call it only after the events are stored
   * in NATS. Mails of one user are recorded in the order of the calls. It takes no signal: a session
   * that ends still records what it has published, so that its successor does not publish it again.
   *
   * @throws {CursorMoved} when the cursor of this mailbox has moved; nothing is written for it then.
   */
  async record(mails: RecordMails): Promise<void> {
    if (!(await this.#records.add(prepareMails(mails)))) throw cursorMoved(mails);
  }

  /** Returns what one user's search in `findSeen()` finds. */
  find(search: SeenSearch, signal: AbortSignal): Promise<readonly SeenRow[]> {
    return this.#searches.add(search, signal);
  }
}

/** SQLSTATE lock_not_available. */
const LOCK_NOT_AVAILABLE = "55P03";
/** SQLSTATE query_canceled: the statement took too long. */
const QUERY_CANCELED = "57014";

/**
 * Returns whether Postgres refused the statement, perhaps for the data of one user. Otherwise it
 * could not be reached, has no resources (53), is being stopped (57) or has failed itself (58), so
 * that more statements would only add to its load.
 */
function isOfStatement(error: unknown): boolean {
  const state = findSqlState(error);
  return state !== undefined && (state === QUERY_CANCELED || !/^(08|53|57|58)/.test(state));
}
