import type { Db } from "../../db/client.ts";
import { claimObsolete, clearLetters } from "../../db/deliveries/letter-clearing.ts";
import type { Log } from "../../shared/log.ts";
import type { Bus } from "../bus/bus.ts";
import { deleteFromDead } from "./read-letter.ts";

const BATCH = 100;

/**
 * Deletes obsolete letters: their events were delivered, or became dead letters again, or somebody
 * asked to delete them. Deletes them first from DEAD, then from the table `dead_letters`. After a
 * crash between the two steps, this is repeated after `leaseMs`.
 *
 * @returns how many letters were found.
 */
export async function clearObsolete(
  { bus, db, log }: { bus: Bus; db: Db; log: Log },
  { leaseMs }: { leaseMs: number },
): Promise<number> {
  const letters = await claimObsolete(db, { limit: BATCH, leaseMs });
  if (letters.length === 0) return 0;
  let messages = 0;
  for (const { eventId, seqs } of letters) messages += await deleteFromDead(bus, eventId, seqs);
  await clearLetters(db, letters);
  const deleted = letters.filter(({ isDeleted }) => isDeleted).length;
  log.info("dead_letters.cleared", { messages, deleted });
  return letters.length;
}
