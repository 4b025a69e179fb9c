import type { Db } from "../../db/client.ts";
import type { Connection, CountedConnection } from "../../db/partners/connections.ts";
import { showConnection } from "../connections/connection-schemas.ts";
import { lockCounted } from "../connections/connection-writes.ts";
import { computeEtag, refuseStale } from "./etag.ts";

/** Returns the connection's ETag, which covers the shown fields and the hidden secret. */
export const connectionEtag = (connection: CountedConnection): Promise<string> =>
  computeEtag({ ...showConnection(connection), sealedSecret: connection.sealedSecret });

/**
 * Locks the connection until the transaction ends.
 *
 * @throws {AppError} when the connection was removed, or its ETag does not match `ifMatch`.
 */
export async function lockVersion(
  tx: Db,
  known: { partnerId: string; connection: Connection },
  ifMatch: string | undefined,
): Promise<CountedConnection> {
  const connection = await lockCounted(tx, known.partnerId, known.connection);
  refuseStale(ifMatch, await connectionEtag(connection));
  return connection;
}
