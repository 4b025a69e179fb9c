import type { Db } from "../../db/client.ts";
import {
  countMessages,
  deleteUserRows,
  deleteUsers,
  readPurgedUsers,
  readPurgeStanding,
} from "../../db/removal/purge-rows.ts";
import { finishPurge, leasePurge, type Purge, settlePurge } from "../../db/removal/purges.ts";
import { POKE_SIZE, retireUsers } from "../../db/removal/removals.ts";
import type { Bus } from "../bus/bus.ts";
import { nextPurgeStep } from "./next-purge-step.ts";
import { purgeMessages } from "./purge-messages.ts";

export interface PurgeDeps {
  bus: Bus;
  db: Db;
  /** Reports progress. Called after each step, and several times during a long step. */
  goesOn(): void;
}

export interface PurgeSettings {
  /** If an instance shows no progress for this long, another one continues the purge. */
  leaseMs: number;
  /** How long a session may take to end. The rows of its user are deleted only after this time. */
  releaseMs: number;
  /**
   * How long to wait after the last user was deleted. Attempts in flight may still write during
   * this time.
   */
  settleMs: number;
}

/** How many users are cleared in one step. */
const BATCH = 20;
/** How many steps a purge makes before another purge gets its turn. */
const STEPS = 50;
/** How many rows of one table one statement deletes. */
const ROWS = 2_000;

/**
 * Works on a purge until it must wait, its turn is over, or `signal` aborts. Each step is one
 * transaction or idempotent. After a crash, any process can continue.
 *
 *   retire   revoke tokens, delete credentials, end sessions
 *   clear    delete messages, then rows, then the user: a user that exists is not purged yet
 *   settle   delete the connection, then wait for publications and attempts in flight
 *   finish   delete what they have written, and write the receipt
 */
export async function runPurge(
  deps: PurgeDeps,
  settings: PurgeSettings,
  purge: Purge,
  signal: AbortSignal,
): Promise<void> {
  const { db } = deps;
  const { releaseMs, leaseMs, settleMs } = settings;
  const limits = { retire: POKE_SIZE, clear: BATCH, releaseMs };
  for (let steps = 0; steps < STEPS && !signal.aborted; steps++) {
    const step = nextPurgeStep(
      await readPurgeStanding(db, purge.connectionId, limits),
      purge.settleAt,
    );
    switch (step.kind) {
      case "retire":
        await db.transaction((tx) => retireUsers(tx, purge.partnerId, step.userIds));
        break;
      case "clear":
        if (await clear(deps, settings, { purge, userIds: step.userIds }, signal)) {
          await deleteUsers(db, purge, step.userIds);
        }
        break;
      case "wait":
        return leasePurge(db, purge.id, releaseMs);
      case "settle":
        return settlePurge(db, purge, settleMs);
      case "finish":
        if (await clearAgain(deps, settings, purge, signal)) await finishPurge(db, purge.id);
        return;
    }
    await leasePurge(db, purge.id, leaseMs);
    deps.goesOn();
  }
  await leasePurge(db, purge.id, 0);
}

/**
 * Deletes everything that belongs to the users, but not the users themselves.
 * @returns false when `signal` aborted before the end.
 */
async function clear(
  { bus, db, goesOn }: PurgeDeps,
  { leaseMs }: PurgeSettings,
  { purge, userIds }: { purge: Purge; userIds: readonly string[] },
  signal: AbortSignal,
): Promise<boolean> {
  const messages = await purgeMessages({ bus, goesOn }, purge.partnerId, userIds);
  if (messages > 0) await countMessages(db, purge.id, messages);
  const limits = { limit: ROWS, leaseMs };
  while (!signal.aborted) {
    if (!(await deleteUserRows(db, purge.id, userIds, limits))) return true;
    goesOn();
  }
  return false;
}

/** Clears the data of all purged users once more, because something may have been written late. */
async function clearAgain(
  deps: PurgeDeps,
  settings: PurgeSettings,
  purge: Purge,
  signal: AbortSignal,
): Promise<boolean> {
  let after = "";
  for (;;) {
    const userIds = await readPurgedUsers(deps.db, purge.id, { after, limit: BATCH });
    const last = userIds.at(-1);
    if (last === undefined) return true;
    if (!(await clear(deps, settings, { purge, userIds }, signal))) return false;
    after = last;
  }
}
