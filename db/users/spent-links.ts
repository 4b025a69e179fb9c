import { eq, lt, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { linkTries, spentLinks } from "./tables.ts";

export type SpentLink = Pick<typeof spentLinks.$inferInsert, "id" | "userId" | "expiresAt">;

export async function isLinkSpent(db: Db, id: string): Promise<boolean> {
  const found = await db
    .select({ id: spentLinks.id })
    .from(spentLinks)
    .where(eq(spentLinks.id, id));
  return found.length > 0;
}

/**
 * Marks a link as used. Call it in the transaction that does what the link is for.
 * @returns false when the link was used before.
 */
export async function spendLink(tx: Db, link: SpentLink): Promise<boolean> {
  const spent = await tx
    .insert(spentLinks)
    .values(link)
    .onConflictDoNothing()
    .returning({ id: spentLinks.id });
  return spent.length > 0;
}

/**
 * Counts a login that is tried with a link, before the login begins.
 * @returns The number of tries with this link so far, including this one.
 */
export async function countLinkTry(db: Db, linkId: string, expiresAt: Date): Promise<number> {
  const [counted] = await db
    .insert(linkTries)
    .values({ linkId, expiresAt })
    .onConflictDoUpdate({
      target: linkTries.linkId,
      set: { tries: sql`${linkTries.tries} + 1` },
    })
    .returning({ tries: linkTries.tries });
  if (!counted) throw new Error(`Cannot count the tries of link ${linkId}: no row came back`);
  return counted.tries;
}

/** Deletes the rows of expired links, which are refused anyway. */
export async function dropExpiredLinks(db: Db): Promise<void> {
  await db.delete(spentLinks).where(lt(spentLinks.expiresAt, sql`now()`));
  await db.delete(linkTries).where(lt(linkTries.expiresAt, sql`now()`));
}
