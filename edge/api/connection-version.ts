import type { Db } from "../../db/client.ts";
import type { Connection, CountedConnection } from "../../db/partners/connections.ts";
import { showConnection } from "../connections/connection-schemas.ts";
import { lockCounted } from "../connections/connection-writes.ts";
import { etagOf, refuseStale } from "./etag.ts";

/** Of what is shown, and of the secret that is not. */
export const connectionEtag = (connection: CountedConnection): Promise<string> =>
  etagOf({ ...showConnection(connection), sealedSecret: connection.sealedSecret });

/**
 * Nobody else changes or removes the connection until the transaction ends.
 *
 * @throws {AppError} when it is gone, or another version than `ifMatch` names.
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
