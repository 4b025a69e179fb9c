import type { Db } from "../../../db/client.ts";
import { findPartner, type ListedPartner } from "../../../db/partners/partner-list.ts";
import { lockPartner } from "../../../db/partners/partner-version.ts";
import { AppError } from "../../../shared/errors.ts";
import { isRowId } from "../row-id.ts";

/**
 * Finds a partner, even one that is being removed.
 * @throws {AppError} when there is no such partner.
 */
export async function mustFindPartner(db: Db, id: string): Promise<ListedPartner> {
  refuseBadId(id);
  return existingPartner(await findPartner(db, id));
}

/**
 * Finds a partner that is not being removed.
 * @throws {AppError} when there is no such partner, or the partner is being removed.
 */
export const mustFindLiving = async (db: Db, id: string): Promise<ListedPartner> =>
  refuseRemoved(await mustFindPartner(db, id));

/** Finds and locks a partner, even one that is being removed. */
export async function mustLockPartner(tx: Db, id: string): Promise<ListedPartner> {
  refuseBadId(id);
  await lockPartner(tx, id);
  return existingPartner(await findPartner(tx, id));
}

/** @throws {AppError} when the text is no id of a partner. */
export function refuseBadId(id: string): void {
  if (!isRowId("prt", id)) throw partnerNotFound();
}

/** @throws {AppError} when there is no such partner. */
export function existingPartner(found: ListedPartner | undefined): ListedPartner {
  if (!found) throw partnerNotFound();
  return found;
}

/** @throws {AppError} when the partner is being removed. */
export function refuseRemoved(found: ListedPartner): ListedPartner {
  if (found.partner.removedAt === null) return found;
  throw new AppError("conflict", "Cannot change the partner: it is being removed");
}

const partnerNotFound = () => new AppError("not-found", "Cannot find the partner");
