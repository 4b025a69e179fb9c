import type { Db } from "../../../db/client.ts";
import { findConnectionById, type OwnedConnection } from "../../../db/partners/connections.ts";
import { connectionNotFound, existing } from "../../connections/connection-writes.ts";
import { isRowId } from "../row-id.ts";

/**
 * Finds a connection of any partner.
 * @throws {AppError} when there is no such connection.
 */
export async function mustFindById(db: Db, id: string): Promise<OwnedConnection> {
  refuseBadConnectionId(id);
  return existing(await findConnectionById(db, id));
}

/** @throws {AppError} when the text is no id of a connection. */
export function refuseBadConnectionId(id: string): void {
  if (!isRowId("con", id)) throw connectionNotFound();
}
