import { constraintOf, type Db, sqlStateOf } from "../../db/client.ts";
import type { Connection } from "../../db/connections.ts";
import { enqueueEvent, enqueueUsersChanged } from "../../db/outbox.ts";
import { wantedUserEvents } from "../../db/partners.ts";
import { insertUser, lockUser, type NewUser, updateUser, type User } from "../../db/users.ts";
import { AppError } from "../../shared/errors.ts";
import type { UserEvent } from "../../shared/events.ts";
import { newId } from "../../shared/ids.ts";
import { sha1Of } from "../../shared/rfc822.ts";
import type { Sealer } from "../../shared/vault.ts";
import { hasLogin, planUserChange, type WantedUser } from "./user-change.ts";
import type { ChangedUser } from "./user-schemas.ts";

/** Whose user it is. */
export interface UserScope {
  partnerId: string;
  connection: Connection;
}

/** Makes a user and tells the fleet, in one transaction. */
export async function createUser(
  db: Db,
  scope: UserScope,
  user: Omit<NewUser, "connectionId" | "connectedAt"> & Parameters<typeof hasLogin>[0],
): Promise<User> {
  const connectedAt = hasLogin(user) ? new Date() : null;
  return refusingConflicts("create", () =>
    db.transaction(async (tx) => {
      const connectionId = scope.connection.id;
      const created = await insertUser(tx, { ...user, connectionId, connectedAt });
      await enqueueUsersChanged(tx, scope.partnerId, [created.id]);
      if (connectedAt) await announce(tx, scope, created, "user_connected");
      return created;
    }),
  );
}

/** Changes what differs and tells the fleet, in one transaction; nothing when nothing differs. */
export async function changeUser(
  db: Db,
  scope: UserScope,
  tag: string,
  wantedOf: (user: User) => Promise<WantedUser>,
): Promise<User> {
  return refusingConflicts("change", () =>
    db.transaction(async (tx) => {
      const user = await lockUser(tx, scope.connection.id, tag);
      if (!user) throw userNotFound();
      const { change, event } = planUserChange(user, await wantedOf(user), new Date());
      if (Object.keys(change).length === 0) return user;
      const changed = await updateUser(tx, user.id, change);
      await enqueueUsersChanged(tx, scope.partnerId, [user.id]);
      if (event) await announce(tx, scope, changed, event);
      return changed;
    }),
  );
}

/** The fields of a PUT with the password sealed for this user. */
export async function sealedFor(
  sealer: Sealer,
  user: Pick<User, "id">,
  fields: ChangedUser,
): Promise<WantedUser> {
  const { login_username: loginUsername, login_password: loginPassword, ...others } = fields;
  return {
    ...others,
    ...(loginUsername !== undefined && { loginUsername }),
    ...(loginPassword !== undefined && {
      sealedLoginPassword: await sealPassword(sealer, user.id, loginPassword),
    }),
  };
}

export const sealPassword = async (sealer: Sealer, userId: string, password: string | null) =>
  password === null ? null : sealer.seal(`users/${userId}/login_password`, password);

export const userNotFound = () => new AppError("not-found", "Cannot find the user");

/** Writes the event, unless the partner wants none of its kind. */
async function announce(tx: Db, scope: UserScope, user: User, kind: UserEvent["kind"]) {
  const wanted = await wantedUserEvents(tx, scope.partnerId);
  if (!wanted[kind]) return;
  const common = {
    id: newId("evt"),
    partner_id: scope.partnerId,
    user_id: user.id,
    user_tag: user.tag,
    imap_provider_code: scope.connection.providerCode,
    created_at_ms: Date.now(),
    sha1: await sha1Of(user.tag),
  };
  await enqueueEvent(
    tx,
    kind === "user_connected" ? { ...common, kind, email: user.email } : { ...common, kind },
  );
}

/** The constraints that a write of a user can break, and the field that is to blame. */
const UNIQUE_FIELDS: Readonly<Record<string, string>> = {
  users_living_tag: "tag",
  users_living_email: "email",
};
const UNIQUE_VIOLATION = "23505";
const FOREIGN_KEY_VIOLATION = "23503";
const DEADLOCK = "40P01";

async function refusingConflicts<T>(verb: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const state = sqlStateOf(cause);
    const field = UNIQUE_FIELDS[constraintOf(cause) ?? ""];
    if (state === UNIQUE_VIOLATION && field !== undefined) {
      throw new AppError("conflict", `Cannot ${verb} the user: another one has this ${field}`, {
        cause,
        fields: [{ pointer: `/${field}`, detail: "belongs to another living user" }],
      });
    }
    // Two renames at once, each to the tag that the other gives up.
    if (state === DEADLOCK) {
      throw new AppError("conflict", `Cannot ${verb} the user: another request was first`, {
        cause,
      });
    }
    if (state === FOREIGN_KEY_VIOLATION) {
      throw new AppError("not-found", "Cannot find the connection", { cause });
    }
    throw cause;
  }
}
