import { and, desc, eq, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
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
  const [row] = await db
    .select({
      uidValidity: cursors.uidValidity,
      lastUid: cursors.lastUid,
      lastInternalDate: cursors.lastInternalDate,
      importedUid: cursors.importedUid,
    })
    .from(cursors)
    .where(isMailbox(key));
  return row ?? null;
}

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
  const [row] = await db
    .select({ mailbox: cursors.mailbox })
    .from(cursors)
    .where(
      and(
        eq(cursors.userId, userId),
        eq(cursors.accountEpoch, accountEpoch),
        // The name INBOX is not case-sensitive (RFC 9051, 5.1).
        sql`(upper(${cursors.mailbox}) = 'INBOX') = ${isInbox}::boolean`,
      ),
    )
    .orderBy(desc(cursors.updatedAt))
    .limit(1);
  return row?.mailbox ?? null;
}

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
