import type { Db } from "../../../db/client.ts";
import { lockPause } from "../../../db/deliveries/lane-pauses.ts";
import { findPartner, type ListedPartner } from "../../../db/partners/partner-list.ts";
import { AppError } from "../../../shared/errors.ts";
import { isRowId } from "../row-id.ts";

/**
 * Finds a partner, even one that is being removed.
 * @throws {AppError} when there is no such partner.
 */
export async function mustFindPartner(db: Db, id: string): Promise<ListedPartner> {
  const found = isRowId("prt", id) ? await findPartner(db, id) : undefined;
  if (!found) throw new AppError("not-found", "Cannot find the partner");
  return found;
}

/**
 * Finds a partner that is not being removed.
 * @throws {AppError} when there is no such partner, or the partner is being removed.
 */
export const mustFindLiving = async (db: Db, id: string): Promise<ListedPartner> =>
  refuseRemoved(await mustFindPartner(db, id));

/** Like mustFindLiving(), and also locks the partner until the transaction ends. */
export const mustLockLiving = async (tx: Db, id: string): Promise<ListedPartner> =>
  refuseRemoved(await mustLockPartner(tx, id));

/** Finds and locks a partner, even one that is being removed. */
export async function mustLockPartner(tx: Db, id: string): Promise<ListedPartner> {
  if (isRowId("prt", id)) await lockPause(tx, id);
  return mustFindPartner(tx, id);
}

function refuseRemoved(found: ListedPartner): ListedPartner {
  if (found.partner.removedAt === null) return found;
  throw new AppError("conflict", "Cannot change the partner: it is being removed");
}
