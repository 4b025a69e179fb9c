import type { Context } from "hono";
import type { WholeDb } from "../../../db/client.ts";
import { readServerTime } from "../../../db/conditions.ts";
import {
  findConnectionById,
  type OwnedConnection,
  partnerOfConnection,
} from "../../../db/partners/connections.ts";
import { findPartner } from "../../../db/partners/partner-list.ts";
import { wantedUserEvents } from "../../../db/partners/partners.ts";
import type { Sweep } from "../../../db/mail/sweeps.ts";
import { epochOf, readAccountProgress, readUserAccounts } from "../../../db/users/user-accounts.ts";
import {
  connectionOfUser,
  findUserById,
  findVersionedUserById,
  lockUserById,
  requireUser,
  updateUser,
  type User,
  type VersionedUser,
} from "../../../db/users/users.ts";
import type { AppEnv } from "../../app-env.ts";
import { existing } from "../../connections/connection-writes.ts";
import { refuseHost, refuseMisfits } from "../../connections/kind-fields.ts";
import { runWrite } from "../../run-write.ts";
import { refusingConflicts } from "../../users/refusing-conflicts.ts";
import {
  planSweep,
  refusingSecondSweep,
  type StartedSweep,
} from "../../users/sweeps/start-sweep.ts";
import { planChange, planNewUser, sealedFor, userNotFound } from "../../users/user-writes.ts";
import { createAudit, currentActor } from "../access/actor.ts";
import { refuseBadConnectionId } from "../connections/must-find-connection.ts";
import { isRowId } from "../row-id.ts";
import { auditedChange } from "./audited-user.ts";
import type { ChangedUserWithTracer, NewUserWithTracer } from "./user-fields.ts";

export interface PlacedUser {
  user: User;
  connection: OwnedConnection;
  partner: { id: string; name: string };
}

/**
 * Finds a user of any partner.
 * @throws {AppError} when there is no such user, or the user is being removed.
 */
export async function mustFindAnyUser(db: WholeDb, id: string): Promise<PlacedUser> {
  refuseBadId(id);
  const connectionId = connectionOfUser(id);
  const [user, connection, found] = await db.batch((each) => [
    findUserById(each, id),
    findConnectionById(each, connectionId),
    findPartner(each, partnerOfConnection(connectionId)),
  ]);
  if (!user || !found) throw userNotFound();
  const { id: partnerId, name } = found.partner;
  return { user, connection: existing(connection), partner: { id: partnerId, name } };
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
  refuseBadConnectionId(connectionId);
  const after = { enable_tracer: enableTracer, deliver_tracers: deliverTracers };
  const told = { action: "user.created", details: { connection_id: connectionId }, after };
  const tracers = enableTracer || deliverTracers ? [{ enableTracer, deliverTracers }] : [];
  return refusingConflicts("create", () =>
    runWrite(c.var.db, {
      read: (db) => [
        findConnectionById(db, connectionId),
        wantedUserEvents(db, partnerOfConnection(connectionId)),
        readServerTime(db),
      ],
      decide: async ([found, wanted, now]) => {
        const connection = existing(found);
        refuseMisfits("user", connection.kind, fields);
        refuseHost(connection, fields);
        const scope = toWrite(c, connection);
        const facts = { wanted, now };
        const { user, build } = await planNewUser(c.env.mailboxSealer, scope, fields, facts);
        const { id } = user;
        return {
          result: id,
          build: (tx) => [
            ...build(tx),
            ...tracers.map((change) => updateUser(tx, id, change)),
            audit(c, tx, { id, ...told }),
          ],
        };
      },
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
  refuseBadId(id);
  const connectionId = connectionOfUser(id);
  await refusingConflicts("change", () =>
    runWrite(c.var.db, {
      read: (db) => [
        findVersionedUserById(db, id),
        findConnectionById(db, connectionId),
        readUserAccounts(db, id),
        readAccountProgress(db, id, epochOf(id)),
        wantedUserEvents(db, partnerOfConnection(connectionId)),
      ],
      lock: (tx) => [lockUserById(tx, id)],
      decide: async ([found, foundConnection, accounts, progress, wantedEvents]) => {
        const { user, connection } = existingUser(found, foundConnection);
        refuseMisfits("user", connection.kind, fields);
        refuseHost(connection, fields);
        const wanted = {
          ...(await sealedFor(c.env.mailboxSealer, user, fields)),
          ...(paused !== undefined && { paused }),
          ...(quarantined !== undefined && { quarantined }),
          ...(retry && { retry }),
          ...(enableTracer !== undefined && { enableTracer }),
          ...(deliverTracers !== undefined && { deliverTracers }),
        };
        const known = { accounts, progress, wanted: wantedEvents };
        const plan = await planChange(toWrite(c, connection), user, wanted, known);
        if (plan.user === user) return { result: undefined, build: () => [] };
        const told = auditedChange(user, plan.user);
        return {
          result: undefined,
          build: (tx) => [requireUser(tx, user), ...plan.build(tx), audit(c, tx, { id, ...told })],
        };
      },
    }),
  );
}

export async function sweepUser(
  c: Context<AppEnv>,
  id: string,
  wanted: Pick<Sweep, "since" | "until" | "redeliver">,
): Promise<StartedSweep> {
  refuseBadId(id);
  return refusingSecondSweep(() =>
    runWrite(c.var.db, {
      read: (db) => [
        findVersionedUserById(db, id),
        findConnectionById(db, connectionOfUser(id)),
        readServerTime(db),
      ],
      lock: (tx) => [lockUserById(tx, id)],
      decide: ([found, foundConnection, now]) => {
        const { user, connection } = existingUser(found, foundConnection);
        const { partnerId } = connection;
        const { sweep, build } = planSweep({ partnerId, user }, wanted, now);
        const details = {
          sweep_id: sweep.id,
          since: sweep.since.toISOString(),
          until: sweep.until.toISOString(),
          redeliver: sweep.redeliver,
        };
        return {
          result: sweep,
          build: (tx) => [
            requireUser(tx, user),
            ...build(tx),
            audit(c, tx, { id, action: "user.swept", details }),
          ],
        };
      },
    }),
  );
}

/** @throws {AppError} when there is no such user, or the user is being removed. */
function existingUser(
  user: VersionedUser | undefined,
  connection: OwnedConnection | undefined,
): { user: VersionedUser; connection: OwnedConnection } {
  // A removal moves the user to a removed connection.
  if (!user || !connection) throw userNotFound();
  return { user, connection };
}

function refuseBadId(id: string): void {
  if (!isRowId("usr", id)) throw userNotFound();
}

const toWrite = (c: Context<AppEnv>, connection: OwnedConnection) => ({
  partnerId: connection.partnerId,
  connection,
  actor: currentActor(c),
});

export const audit = createAudit("user");
