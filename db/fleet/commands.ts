import { and, asc, eq, gt, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { commands, type TRY_OUTCOMES } from "./tables.ts";
import { partnerConnections } from "../partners/tables.ts";
import { users } from "../users/tables.ts";

type NewCommand = Pick<typeof commands.$inferInsert, "id" | "kind" | "expiresAt"> & {
  sealedRequest: string;
  /** What the connect pages do with the answer. Only for a login that a person waits for. */
  sealedContinuation?: string | undefined;
  /** The partner that the command belongs to, or one of that partner's users. */
  of: { partnerId: string } | { userId: string };
};

export async function insertCommand(db: Db, { of, ...command }: NewCommand): Promise<void> {
  const partnerId = "partnerId" in of ? sql`${of.partnerId}` : selectPartnerId(db, of.userId);
  await db.insert(commands).values({ ...command, partnerId });
}

const selectPartnerId = (db: Db, userId: string): SQL =>
  sql`(${db
    .select({ partnerId: partnerConnections.partnerId })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .where(eq(users.id, userId))})`;

/** How far a command is: it waits, an instance of the fleet has taken it, or it is answered. */
export type CommandProgress =
  | { step: "waiting" }
  | { step: "taken" }
  | { step: "answered"; sealedAnswer: string };

export async function readAnswer(db: Db, id: string): Promise<CommandProgress> {
  const [row] = await db
    .select({ takenAt: commands.takenAt, sealedAnswer: commands.sealedAnswer })
    .from(commands)
    .where(eq(commands.id, id));
  if (typeof row?.sealedAnswer === "string") {
    return { step: "answered", sealedAnswer: row.sealedAnswer };
  }
  return { step: row?.takenAt ? "taken" : "waiting" };
}

export type TryOutcome = (typeof TRY_OUTCOMES)[number];

/** Finds the login that a person waits for. Undefined when it has ended without an outcome. */
export async function findLoginTry(
  db: Db,
  id: string,
): Promise<{ sealedContinuation: string; outcome: TryOutcome | null } | undefined> {
  const [row] = await db
    .select({ sealedContinuation: commands.sealedContinuation, outcome: commands.outcome })
    .from(commands)
    .where(eq(commands.id, id));
  if (typeof row?.sealedContinuation !== "string") return undefined;
  return { sealedContinuation: row.sealedContinuation, outcome: row.outcome };
}

/**
 * Records how a login ended, in the transaction that stores its credentials. For an hour, its page
 * shows the outcome when it is opened again. The request, which contains the credentials, is
 * deleted.
 */
export async function endLoginTry(tx: Db, id: string, outcome: TryOutcome): Promise<void> {
  await tx
    .update(commands)
    .set({ outcome, sealedRequest: null, expiresAt: sql`now() + interval '1 hour'` })
    .where(eq(commands.id, id));
}

/**
 * Deletes a command that no instance of the fleet has taken yet. Returns false when an instance has
 * already taken it.
 */
export async function withdrawCommand(db: Db, id: string): Promise<boolean> {
  const withdrawn = await db
    .delete(commands)
    .where(and(eq(commands.id, id), isNull(commands.takenAt)))
    .returning({ id: commands.id });
  return withdrawn.length > 0;
}

export type TakenCommand = Pick<typeof commands.$inferSelect, "id" | "kind"> & {
  sealedRequest: string;
  /** Empty when an edge of an older version wrote the command. */
  partnerId: string;
};

/**
 * A kind of command that this instance cannot take now: from one partner, or from any partner if
 * `partnerId` is null.
 */
export interface FullKind {
  kind: string;
  partnerId: string | null;
}

const owner = sql<string>`coalesce(${commands.partnerId}, '')`;

/**
 * Takes the oldest waiting command that has not expired and that `full` does not exclude. No
 * instance can take the same command again.
 */
export async function takeCommand(
  db: Db,
  full: readonly FullKind[],
): Promise<TakenCommand | undefined> {
  const isFull = sql`exists (
    select 1 from jsonb_to_recordset(${JSON.stringify(full)}::jsonb) as full_kind ("kind" text, "partnerId" text)
    where full_kind."kind" = ${commands.kind} and coalesce(full_kind."partnerId", ${owner}) = ${owner}
  )`;
  const oldest = db
    .select({ id: commands.id })
    .from(commands)
    .where(and(isNull(commands.takenAt), gt(commands.expiresAt, sql`now()`), sql`not ${isFull}`))
    .orderBy(asc(commands.createdAt))
    .limit(1)
    .for("update", { skipLocked: true });
  const [taken] = await db
    .update(commands)
    .set({ takenAt: sql`now()` })
    .where(eq(commands.id, oldest))
    .returning({
      id: commands.id,
      kind: commands.kind,
      // Only a command that was taken can have no request.
      sealedRequest: sql<string>`${commands.sealedRequest}`,
      partnerId: owner,
    });
  return taken;
}

export async function answerCommand(db: Db, id: string, sealedAnswer: string): Promise<void> {
  await db
    .update(commands)
    .set({ sealedAnswer, answeredAt: sql`now()` })
    .where(eq(commands.id, id));
}

/** Deletes expired commands. No request waits for them any more. */
export async function dropExpiredCommands(db: Db): Promise<void> {
  await db.delete(commands).where(lt(commands.expiresAt, sql`now()`));
}
