import type { Context } from "hono";
import type { Connection, CountedConnection } from "../../../db/partners/connections.ts";
import { findProvider } from "../../../db/partners/providers.ts";
import type { Purge } from "../../../db/removal/purges.ts";
import { startConnectionRemoval } from "../../../db/removal/removals.ts";
import type { AppEnv } from "../../app-env.ts";
import type { ChangedConnection, NewConnection } from "../../connections/connection-schemas.ts";
import {
  changeConnection,
  connectionNotFound,
  createConnection,
  lockCounted,
  usable,
} from "../../connections/connection-writes.ts";
import { refuseMisfits } from "../../connections/kind-fields.ts";
import { createAudit } from "../access/actor.ts";
import { changedFields } from "../changed-fields.ts";
import { mustFindLiving } from "../partners/must-find-partner.ts";
import { auditedConnection } from "./show-connection.ts";

type Owned = Connection & { partnerId: string };

export async function makeConnection(
  c: Context<AppEnv>,
  partnerId: string,
  { imap_provider_code: code, ...fields }: NewConnection,
): Promise<CountedConnection> {
  await mustFindLiving(c.var.db, partnerId);
  const provider = usable(await findProvider(c.var.db, code));
  refuseMisfits("connection", provider.kind, fields);
  return c.var.db.transaction(async (tx) => {
    const deps = { tx, vault: c.env.partnerVault };
    const made = await createConnection(deps, { partnerId, provider }, fields);
    const after = auditedConnection(made);
    await audit(c, tx, {
      ...toSubject({ ...made, partnerId }),
      action: "connection.created",
      after,
    });
    return made;
  });
}

/**
 * Writes the fields whose values change, and pokes the fleet to read them now. Does nothing when no
 * value changes.
 */
export async function editConnection(
  c: Context<AppEnv>,
  connection: Owned,
  fields: ChangedConnection,
): Promise<CountedConnection> {
  refuseMisfits("connection", connection.kind, fields);
  const { partnerId } = connection;
  return c.var.db.transaction(async (tx) => {
    const locked = await lockCounted(tx, partnerId, connection);
    const deps = { tx, vault: c.env.partnerVault };
    const changed = await changeConnection(deps, { partnerId, connection: locked }, fields);
    if (changed === locked) return locked;
    // changedFields() returns undefined when only the secret changed: the compared fields do not
    // contain the secret.
    const told = changedFields(auditedConnection(locked), auditedConnection(changed));
    await audit(c, tx, { ...toSubject(connection), action: "connection.changed", ...told });
    return changed;
  });
}

/**
 * Removes a connection. The API hides it immediately. A purge deletes the data of its users later.
 */
export async function removeWholeConnection(c: Context<AppEnv>, connection: Owned): Promise<Purge> {
  const { partnerId, id: connectionId } = connection;
  return c.var.db.transaction(async (tx) => {
    const locked = await lockCounted(tx, partnerId, connection);
    const purge = await startConnectionRemoval(tx, { partnerId, connectionId });
    if (!purge) throw connectionNotFound();
    const before = { ...auditedConnection(locked), users_count: locked.usersCount };
    await audit(c, tx, { ...toSubject(connection), action: "connection.removed", before });
    return purge;
  });
}

const audit = createAudit("connection");

const toSubject = ({ id, partnerId }: Owned) => ({ id, details: { partner_id: partnerId } });
