import type { RestReason } from "../../../imap/idle-watch-host.ts";
import { ACCOUNTED_UIDS } from "../../../imap/accounted-uids.ts";
import { expectFreeQuota } from "../../../quota/lane-quota.ts";
import { readOn } from "../../catch-up/catch-up.ts";
import { FetchedMails } from "../../catch-up/recording/fetched-mails.ts";
import type { Cursor } from "../../catch-up/plan.ts";
import type { MailSource, OpenMailbox } from "../../catch-up/recording/read-batch.ts";
import { type RecordDeps, turnToRead } from "../../catch-up/recording/record-batch.ts";
import type { IdleWatches } from "../../imap/idle/idle-watches.ts";
import type { ImapConnection } from "../../imap/imap-connection.ts";

interface IdleDeps extends RecordDeps {
  idleWatches: IdleWatches;
  heard(userId: string, caughtUpMs: number | null): void;
}

/** A mailbox that is read up to the cursor. */
interface ReadMailbox {
  connection: ImapConnection;
  cursor: Cursor;
  lookMs: number;
  /** Returns the mailbox with the user's current account. Mail is read from `source`. */
  open<Source extends MailSource>(source: Source): OpenMailbox<Source>;
}

/** How far the mailbox is read, and why the watch ended. */
interface Watched {
  cursor: Cursor;
  why: RestReason;
}

/**
 * Watches a mailbox with an IdleWatch instead of ImapFlow, and records the mail that arrives. The
 * mailbox must be read up to the present. Returns null when an IdleWatch is not possible now.
 * Rejects in the same cases as `readNew()`. Then it is unknown how far the mailbox was read.
 */
export async function watchIdle(
  deps: IdleDeps,
  { connection, cursor: from, lookMs, open }: ReadMailbox,
  [end, ...others]: readonly [AbortSignal, ...AbortSignal[]],
): Promise<Watched | null> {
  let cursor = from;
  const { account } = open(connection);
  const present = await connection.searchUids(
    Math.max(from.lastUid - ACCOUNTED_UIDS + 1, 1),
    Math.max(from.lastUid, 1),
  );
  // The server may have renumbered the mailbox in its last answer.
  if (connection.uidValidity !== from.uidValidity) return null;
  const why = await connection.watchIdle(
    deps.idleWatches,
    {
      lastUid: from.lastUid,
      present,
      lookMs,
      task: {
        async takePlace() {
          expectFreeQuota(deps.quota, account.partnerId);
          return turnToRead(deps, open(connection), end);
        },
        async record(mails, announcedMs) {
          const source = new FetchedMails(mails, from.uidValidity);
          cursor = await readOn(
            deps,
            { ...open(source), announcedMs },
            cursor,
            source.headers,
            end,
          );
        },
        onHeard: (caughtUpMs) => deps.heard(account.userId, caughtUpMs),
      },
    },
    [end, ...others],
  );
  return why === null ? null : { cursor, why };
}
