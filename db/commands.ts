import { and, asc, eq, gt, isNull, lt, sql } from "drizzle-orm";
import type { Db } from "./client.ts";
import { commands } from "./schema.ts";

type NewCommand = Pick<typeof commands.$inferInsert, "id" | "kind" | "sealedRequest" | "expiresAt">;

export async function insertCommand(db: Db, command: NewCommand): Promise<void> {
  await db.insert(commands).values(command);
}

/** Where a command stands: waiting for the fleet, in its hands, or answered. */
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

/** Takes back a command that nobody has taken yet; false: too late. */
export async function withdrawCommand(db: Db, id: string): Promise<boolean> {
  const withdrawn = await db
    .delete(commands)
    .where(and(eq(commands.id, id), isNull(commands.takenAt)))
    .returning({ id: commands.id });
  return withdrawn.length > 0;
}

export type TakenCommand = Pick<typeof commands.$inferSelect, "id" | "kind" | "sealedRequest">;

/** Takes the oldest command that waits and has not expired, for good: nobody else will. */
export async function takeCommand(db: Db): Promise<TakenCommand | undefined> {
  const oldest = db
    .select({ id: commands.id })
    .from(commands)
    .where(and(isNull(commands.takenAt), gt(commands.expiresAt, sql`now()`)))
    .orderBy(asc(commands.createdAt))
    .limit(1)
    .for("update", { skipLocked: true });
  const [taken] = await db
    .update(commands)
    .set({ takenAt: sql`now()` })
    .where(eq(commands.id, oldest))
    .returning({ id: commands.id, kind: commands.kind, sealedRequest: commands.sealedRequest });
  return taken;
}

export async function answerCommand(db: Db, id: string, sealedAnswer: string): Promise<void> {
  await db
    .update(commands)
    .set({ sealedAnswer, answeredAt: sql`now()` })
    .where(eq(commands.id, id));
}

/** Forgets commands that nobody waits for any more. */
export async function dropExpiredCommands(db: Db): Promise<void> {
  await db.delete(commands).where(lt(commands.expiresAt, sql`now()`));
}
