import type { Context } from "hono";
import { readServerTime } from "../../../db/conditions.ts";
import {
  type CountedConnection,
  findVersionedConnectionById,
  lockConnection,
  type OwnedConnection,
  requireConnection,
} from "../../../db/partners/connections.ts";
import { findPartner } from "../../../db/partners/partner-list.ts";
import { findProvider } from "../../../db/partners/providers.ts";
import type { Purge } from "../../../db/removal/purges.ts";
import { planConnectionRemoval } from "../../../db/removal/removals.ts";
import type { AppEnv } from "../../app-env.ts";
import type { ChangedConnection, NewConnection } from "../../connections/connection-schemas.ts";
import {
  existing,
  planConnectionChange,
  planNewConnection,
  refusingSecondConnection,
  usable,
} from "../../connections/connection-writes.ts";
import { refuseMisfits } from "../../connections/kind-fields.ts";
import { runWrite } from "../../run-write.ts";
import { createAudit } from "../access/actor.ts";
import { changedFields } from "../changed-fields.ts";
import { existingPartner, refuseBadId, refuseRemoved } from "../partners/must-find-partner.ts";
import { refuseBadConnectionId } from "./must-find-connection.ts";
import { auditedConnection } from "./show-connection.ts";

export async function makeConnection(
  c: Context<AppEnv>,
  partnerId: string,
  { imap_provider_code: code, ...fields }: NewConnection,
): Promise<CountedConnection> {
  refuseBadId(partnerId);
  return refusingSecondConnection(() =>
    runWrite(c.var.db, {
      read: (db) => [findPartner(db, partnerId), findProvider(db, code)],
      decide: async ([found, foundProvider]) => {
        refuseRemoved(existingPartner(found));
        const provider = usable(foundProvider);
        refuseMisfits("connection", provider.kind, fields);
        const scope = { partnerId, provider };
        const { connection, build } = await planNewConnection(c.env.partnerVault, scope, fields);
        const after = auditedConnection(connection);
        const told = { ...toSubject({ ...connection, partnerId }), after };
        return {
          result: connection,
          build: (tx) => [...build(tx), audit(c, tx, { ...told, action: "connection.created" })],
        };
      },
    }),
  );
}

/**
 * Writes the fields whose values change, and pokes the fleet to read them now. Does nothing when no
 * value changes.
 */
export async function editConnection(
  c: Context<AppEnv>,
  id: string,
  fields: ChangedConnection,
): Promise<CountedConnection & OwnedConnection> {
  refuseBadConnectionId(id);
  return runWrite(c.var.db, {
    read: (db) => [findVersionedConnectionById(db, id)],
    lock: (tx) => [lockConnection(tx, id)],
    decide: async ([found]) => {
      const known = existing(found);
      const { partnerId } = known;
      refuseMisfits("connection", known.kind, fields);
      const scope = { partnerId, connection: known };
      const { connection, build } = await planConnectionChange(c.env.partnerVault, scope, fields);
      if (connection === known) return { result: known, build: () => [] };
      // changedFields() returns undefined when only the secret changed: the compared fields do not
      // contain the secret.
      const told = changedFields(auditedConnection(known), auditedConnection(connection));
      return {
        result: { ...connection, partnerId },
        build: (tx) => [
          ...requireConnection(tx, known),
          ...build(tx),
          audit(c, tx, { ...toSubject(known), action: "connection.changed", ...told }),
        ],
      };
    },
  });
}

/**
 * Removes a connection. The API hides it immediately. A purge deletes the data of its users later.
 */
export async function removeWholeConnection(c: Context<AppEnv>, id: string): Promise<Purge> {
  refuseBadConnectionId(id);
  return runWrite(c.var.db, {
    read: (db) => [findVersionedConnectionById(db, id), readServerTime(db)],
    lock: (tx) => [lockConnection(tx, id)],
    decide: ([found, now]) => {
      const known = existing(found);
      const { partnerId, usersCount: total } = known;
      const { purge, build } = planConnectionRemoval({ partnerId, connectionId: id, total }, now);
      const before = { ...auditedConnection(known), users_count: total };
      return {
        result: purge,
        build: (tx) => [
          ...requireConnection(tx, known),
          ...build(tx),
          audit(c, tx, { ...toSubject(known), action: "connection.removed", before }),
        ],
      };
    },
  });
}

const audit = createAudit("connection");

const toSubject = ({ id, partnerId }: OwnedConnection) => ({
  id,
  details: { partner_id: partnerId },
});
