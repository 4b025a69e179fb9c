import { and, eq, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { compiled } from "../compiled.ts";
import { query } from "../query.ts";
import { prepared } from "../prepared.ts";
import { auditLog } from "../admin/tables.ts";
import { cursors } from "./tables.ts";
import { newId } from "../../shared/ids.ts";

export type CursorRow = Pick<
  typeof cursors.$inferSelect,
  "uidValidity" | "lastUid" | "lastInternalDate" | "importedUid"
>;

/** A mailbox of one of the accounts that a user has had. */
export interface MailboxKey {
  userId: string;
  accountEpoch: number;
  mailbox: string;
}

/**
 * Thrown when another instance that watches the user has moved the cursor. Read the cursor again,
 * and continue from its position.
 */
export class CursorMoved extends Error {
  override readonly name = "CursorMoved";
}

const isMailbox = ({ userId, accountEpoch, mailbox }: MailboxKey) =>
  and(
    eq(cursors.userId, userId),
    eq(cursors.accountEpoch, accountEpoch),
    eq(cursors.mailbox, mailbox),
  );

export async function readCursor(db: Db, key: MailboxKey): Promise<CursorRow | null> {
  const { userId, accountEpoch, mailbox } = key;
  const row = await selectCursor(db, userId, accountEpoch, mailbox);
  if (!row) return null;
  const { lastInternalMs, ...cursor } = row;
  return { ...cursor, lastInternalDate: lastInternalMs === null ? null : new Date(lastInternalMs) };
}

type SelectedCursor = Omit<CursorRow, "lastInternalDate"> & { lastInternalMs: number | null };
const selectCursor = compiled<
  [userId: string, accountEpoch: number, mailbox: string],
  SelectedCursor | undefined
>((db, userId, accountEpoch, mailbox) =>
  query(
    db.execute<SelectedCursor>(
      prepared(
        "read_cursor",
        sql`
    select uid_validity::float8 as "uidValidity", last_uid::float8 as "lastUid",
           floor(extract(epoch from last_internal_date) * 1000)::float8 as "lastInternalMs",
           imported_uid::float8 as "importedUid"
    from cursors
    where user_id = ${userId} and account_epoch = ${accountEpoch} and mailbox = ${mailbox}`,
      ),
    ),
    ({ rows }) => rows[0],
  ),
);

/**
 * Returns the name of an account's INBOX, or of its Gmail folder "All Mail", as stored in the
 * cursor. The server may use another name now, because names change with the account's language. An
 * account has only one mailbox of each kind.
 *
 * @returns null when the mailbox was never read.
 */
export async function findMailboxName(
  db: Db,
  { userId, accountEpoch, isInbox }: Omit<MailboxKey, "mailbox"> & { isInbox: boolean },
): Promise<string | null> {
  return await selectMailboxName(db, userId, accountEpoch, isInbox ? "true" : "false");
}

const selectMailboxName = compiled<
  [userId: string, accountEpoch: number, isInbox: "true" | "false"],
  string | null
>((db, userId, accountEpoch, isInbox) =>
  query(
    // The name INBOX is not case-sensitive (RFC 9051, 5.1).
    db.execute<{ mailbox: string }>(
      prepared(
        "find_mailbox_name",
        sql`
    select mailbox from cursors
    where user_id = ${userId} and account_epoch = ${accountEpoch}
      and (upper(mailbox) = 'INBOX') = ${isInbox}::boolean
    order by updated_at desc limit 1`,
      ),
    ),
    ({ rows }) => rows[0]?.mailbox ?? null,
  ),
);

/**
 * Sets the first cursor of a mailbox.
 * @throws {CursorMoved} when the mailbox already has a cursor.
 */
export async function createCursor(
  db: Db,
  { userId, accountEpoch, mailbox }: MailboxKey,
  cursor: CursorRow,
): Promise<void> {
  const { rowCount } = await db
    .insert(cursors)
    .values({ userId, accountEpoch, mailbox, ...cursor })
    .onConflictDoNothing();
  if (rowCount === 0) throw new CursorMoved(`Cannot create the cursor of ${userId}: it has one`);
}

/**
 * Replaces the cursor after a change of UIDVALIDITY, and writes an audit row.
 *
 * @throws {CursorMoved} when the cursor is no longer `from`.
 */
export async function resetCursor(
  db: Db,
  key: MailboxKey,
  from: CursorRow,
  to: CursorRow,
): Promise<void> {
  await db.transaction(async (tx) => {
    const { rowCount } = await tx
      .update(cursors)
      .set({ ...to, updatedAt: sql`now()` })
      .where(
        and(
          isMailbox(key),
          eq(cursors.uidValidity, from.uidValidity),
          eq(cursors.lastUid, from.lastUid),
        ),
      );
    if (rowCount === 0) throw new CursorMoved(`Cannot reset the cursor of ${key.userId}: it moved`);
    await tx.insert(auditLog).values({
      id: newId("aud"),
      actor: "fleet",
      action: "mailbox_reset",
      subjectType: "user",
      subjectId: key.userId,
      details: {
        mailbox: key.mailbox,
        uid_validity_before: from.uidValidity,
        uid_validity: to.uidValidity,
      },
    });
  });
}
