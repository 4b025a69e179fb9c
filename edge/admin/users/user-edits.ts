import type { Context } from "hono";
import type { Db } from "../../../db/client.ts";
import type { Connection } from "../../../db/partners/connections.ts";
import { findPartner } from "../../../db/partners/partner-list.ts";
import type { Sweep } from "../../../db/mail/sweeps.ts";
import { findUserById, lockUserById, updateUser, type User } from "../../../db/users/users.ts";
import type { AppEnv } from "../../app-env.ts";
import { refuseHost, refuseMisfits } from "../../connections/kind-fields.ts";
import { refusingConflicts } from "../../users/refusing-conflicts.ts";
import {
  refusingSecondSweep,
  startSweep,
  type StartedSweep,
} from "../../users/sweeps/start-sweep.ts";
import { changeUser, createUser, sealedFor, userNotFound } from "../../users/user-writes.ts";
import { createAudit, currentActor } from "../access/actor.ts";
import { mustFindById } from "../connections/connections.ts";
import { isRowId } from "../row-id.ts";
import { auditedChange } from "./audited-user.ts";
import type { ChangedUserWithTracer, NewUserWithTracer } from "./user-fields.ts";

type Owned = Connection & { partnerId: string };

export interface PlacedUser {
  user: User;
  connection: Owned;
  partner: { id: string; name: string };
}

/**
 * Finds a user of any partner.
 * @throws {AppError} when there is no such user, or the user is being removed.
 */
export async function mustFindAnyUser(db: Db, id: string): Promise<PlacedUser> {
  const user = isRowId("usr", id) ? await findUserById(db, id) : undefined;
  if (!user) throw userNotFound();
  const connection = await mustFindById(db, user.connectionId);
  const found = await findPartner(db, connection.partnerId);
  if (!found) throw userNotFound();
  return { user, connection, partner: { id: found.partner.id, name: found.partner.name } };
}

export async function makeUser(
  c: Context<AppEnv>,
  connectionId: string,
  {
    enable_tracer: enableTracer = false,
    deliver_tracers: deliverTracers = false,
    ...fields
  }: NewUserWithTracer,
): Promise<string> {
  const connection = await mustFindById(c.var.db, connectionId);
  refuseMisfits("user", connection.kind, fields);
  refuseHost(connection, fields);
  const deps = { sealer: c.env.mailboxSealer };
  return refusingConflicts("create", () =>
    c.var.db.transaction(async (tx) => {
      const { id } = await createUser({ ...deps, tx }, toWrite(c, connection), fields);
      if (enableTracer || deliverTracers) {
        await updateUser(tx, id, { enableTracer, deliverTracers });
      }
      const after = { enable_tracer: enableTracer, deliver_tracers: deliverTracers };
      const told = { action: "user.created", details: { connection_id: connectionId }, after };
      await audit(c, tx, { id, ...told });
      return id;
    }),
  );
}

/**
 * Writes the fields whose values change, and pokes the fleet to read them now. Does nothing when no
 * value changes.
 */
export async function editUser(
  c: Context<AppEnv>,
  id: string,
  {
    paused,
    quarantined,
    retry,
    enable_tracer: enableTracer,
    deliver_tracers: deliverTracers,
    ...fields
  }: ChangedUserWithTracer,
): Promise<void> {
  const { connection } = await mustFindAnyUser(c.var.db, id);
  refuseMisfits("user", connection.kind, fields);
  refuseHost(connection, fields);
  await refusingConflicts("change", () =>
    c.var.db.transaction(async (tx) => {
      const user = await mustLock(tx, id, connection);
      const sealed = await sealedFor(c.env.mailboxSealer, user, fields);
      const wanted = {
        ...sealed,
        ...(paused !== undefined && { paused }),
        ...(quarantined !== undefined && { quarantined }),
        ...(retry && { retry }),
        ...(enableTracer !== undefined && { enableTracer }),
        ...(deliverTracers !== undefined && { deliverTracers }),
      };
      const changed = await changeUser(tx, toWrite(c, connection), user, wanted);
      if (changed !== user) await audit(c, tx, { id, ...auditedChange(user, changed) });
    }),
  );
}

export async function sweepUser(
  c: Context<AppEnv>,
  id: string,
  wanted: Pick<Sweep, "since" | "until" | "redeliver">,
): Promise<StartedSweep> {
  const { connection } = await mustFindAnyUser(c.var.db, id);
  return refusingSecondSweep(() =>
    c.var.db.transaction(async (tx) => {
      const user = await mustLock(tx, id, connection);
      const sweep = await startSweep(tx, { partnerId: connection.partnerId, user }, wanted);
      const details = {
        sweep_id: sweep.id,
        since: sweep.since.toISOString(),
        until: sweep.until.toISOString(),
        redeliver: sweep.redeliver,
      };
      await audit(c, tx, { id, action: "user.swept", details });
      return sweep;
    }),
  );
}

/**
 * Locks the user.
 * @throws {AppError} when the user was removed meanwhile. This is noticed because a removal moves
 * the user to another connection.
 */
async function mustLock(tx: Db, id: string, connection: Owned): Promise<User> {
  const user = await lockUserById(tx, id);
  if (user?.connectionId !== connection.id) throw userNotFound();
  return user;
}

const toWrite = (c: Context<AppEnv>, connection: Owned) => ({
  partnerId: connection.partnerId,
  connection,
  actor: currentActor(c),
});

export const audit = createAudit("user");
