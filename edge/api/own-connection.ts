import type { Db } from "../../db/client.ts";
import {
  connectionOf,
  type CountedConnection,
  findVersionedConnection,
  lockConnection,
} from "../../db/partners/connections.ts";
import type { Ref } from "../../db/query.ts";
import { showConnection } from "../connections/connection-schemas.ts";
import { toSearched } from "../text.ts";
import { computeEtag } from "./etag.ts";

/** Returns the connection's ETag, which covers the shown fields and the hidden secret. */
export const connectionEtag = (connection: CountedConnection): Promise<string> =>
  computeEtag({ ...showConnection(connection), sealedSecret: connection.sealedSecret });

/** Returns what `answerWrite()` needs for a write to the connection of the path. */
export function ownConnection({ code: param }: { code: string }) {
  const code = toSearched(param);
  return {
    read: (db: Db, partner: Ref) => [findVersionedConnection(db, partner, code)] as const,
    lock: (db: Db, partner: Ref) => [lockConnection(db, connectionOf(partner, code))],
  };
}
