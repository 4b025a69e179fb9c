import type { Db } from "../../db/client.ts";
import type { Connection } from "../../db/partners/connections.ts";
import { enqueueUsersChanged } from "../../db/mail/outbox.ts";
import { enqueueRevocations } from "../../db/removal/revocations.ts";
import { forgetHarms } from "../../db/users/user-harms.ts";
import { insertUser, updateUser, type User } from "../../db/users/users.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import type { Sealer } from "../../shared/secrets/vault.ts";
import { invalidInput } from "../invalid-input.ts";
import { announce } from "./announce.ts";
import { becomeAccount } from "./become-account.ts";
import { missingFields } from "./missing-fields.ts";
import { hasLogin, mergeHost, planUserChange, type WantedUser } from "./user-change.ts";
import type { ChangedUser, NewUserFields } from "./user-schemas.ts";

/** The partner and connection that a user belongs to. */
export interface UserScope {
  partnerId: string;
  connection: Connection;
}

/** The scope of a write, and the actor for the audit log. */
export interface UserWrite extends UserScope {
  actor: string;
}

/** Creates a user, and pokes the fleet to read it now. */
export async function createUser(
  { tx, sealer }: { tx: Db; sealer: Sealer },
  scope: UserWrite,
  fields: NewUserFields,
): Promise<User> {
  const id = newId("usr");
  const wanted = await sealedFor(sealer, { id }, fields);
  const { email = null, loginUsername = null } = wanted;
  const { sealedLoginPassword = null, sealedRefreshToken = null } = wanted;
  const credentials = { loginUsername, sealedLoginPassword, sealedRefreshToken };
  const user = { id, tag: fields.tag, email, ...credentials, ...mergeHost(NO_HOST, wanted) };
  refuseIncomplete(user, wanted, scope.connection);
  const connectedAt = hasLogin(user) ? new Date() : null;
  const created = await insertUser(tx, {
    ...user,
    connectionId: scope.connection.id,
    connectedAt,
    credentialsAt: connectedAt,
    refreshedAt: sealedRefreshToken === null ? null : connectedAt,
  });
  await enqueueUsersChanged(tx, scope.partnerId, [id]);
  if (!connectedAt) return created;
  await becomeAccount(tx, created, scope.actor);
  await announce(tx, scope, created, "user_connected");
  return created;
}

const NO_HOST = { imapHost: null, imapPort: null, imapSecurity: null };

/**
 * Writes the fields whose values change, and pokes the fleet to read them now. Does nothing when no
 * value changes.
 *
 * @param user The user, read while its row was locked.
 */
export async function changeUser(
  tx: Db,
  scope: UserWrite,
  user: User,
  wanted: WantedUser,
): Promise<User> {
  const { change, event } = planUserChange(user, wanted, new Date());
  if (Object.keys(change).length === 0) return user;
  refuseIncomplete({ ...user, ...change }, wanted, scope.connection);
  // A removed token is revoked. A replaced token is not: Google would also revoke the new token,
  // because it revokes all tokens of an account together.
  if (change.sealedRefreshToken === null) await enqueueRevocations(tx, [user.id]);
  const changed = await updateUser(tx, user.id, change);
  if (change.state === "new") await forgetHarms(tx, user.id);
  if (change.credentialsAt) await becomeAccount(tx, changed, scope.actor);
  await enqueueUsersChanged(tx, scope.partnerId, [user.id]);
  if (event) await announce(tx, scope, changed, event);
  return changed;
}

function refuseIncomplete(
  user: Parameters<typeof missingFields>[0],
  wanted: WantedUser,
  connection: Connection,
): void {
  const faults = missingFields(user, wanted, connection);
  if (faults.length > 0) throw invalidInput(faults);
}

/** Converts the fields of a request, and seals the secrets for this user. */
export async function sealedFor(
  sealer: Sealer,
  user: Pick<User, "id">,
  fields: ChangedUser,
): Promise<WantedUser> {
  const sealed = (column: "login_password" | "refresh_token", secret: string | null) =>
    secret === null ? null : sealer.seal(`users/${user.id}/${column}`, secret);
  const { tag, email, archived, login_username: loginUsername } = fields;
  const { login_password: password, oauth2_refresh_token: refreshToken } = fields;
  const { imap_host: imapHost, imap_port: imapPort, imap_security: imapSecurity } = fields;
  return {
    ...(tag !== undefined && { tag }),
    ...(email !== undefined && { email }),
    ...(archived !== undefined && { archived }),
    ...(loginUsername !== undefined && { loginUsername }),
    ...(imapHost !== undefined && { imapHost }),
    ...(imapPort !== undefined && { imapPort }),
    ...(imapSecurity !== undefined && { imapSecurity }),
    ...(password !== undefined && {
      sealedLoginPassword: await sealed("login_password", password),
    }),
    ...(refreshToken !== undefined && {
      sealedRefreshToken: await sealed("refresh_token", refreshToken),
    }),
  };
}

export const userNotFound = () => new AppError("not-found", "Cannot find the user");
