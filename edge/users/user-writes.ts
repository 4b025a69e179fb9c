import type { Db } from "../../db/client.ts";
import type { Connection } from "../../db/partners/connections.ts";
import type { WantedUserEvents } from "../../db/partners/partners.ts";
import type { Query } from "../../db/query.ts";
import { enqueueUsersChanged } from "../../db/mail/outbox.ts";
import { enqueueRevocations } from "../../db/removal/revocations.ts";
import { forgetHarms } from "../../db/users/user-harms.ts";
import { insertUser, type NewUser, updateUser, type User } from "../../db/users/users.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import type { Sealer } from "../../shared/secrets/vault.ts";
import { invalidInput } from "../invalid-input.ts";
import { planEvent } from "./announce.ts";
import { planAccount } from "./become-account.ts";
import type { AccountHistory } from "./next-account.ts";
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

/** What was read for a write. */
export interface KnownFacts {
  wanted: WantedUserEvents;
  /** The time of the database server. */
  now: Date;
  /** The accounts of the user and the progress of the current one. */
  accounts: AccountHistory["accounts"];
  progress: AccountHistory["progress"];
}

/** A planned write: the user as it will be afterwards, and the queries that write it. */
export interface PlannedWrite<U> {
  user: U;
  /** Queries for one transaction. They fail when the known facts are outdated (`isRowMissing()`). */
  build: (tx: Db) => readonly Query<unknown>[];
}

const nothing = (): readonly Query<unknown>[] => [];

/** Decides to create a user, and to poke the fleet to read it now. */
export async function planNewUser(
  sealer: Sealer,
  scope: UserWrite,
  fields: NewUserFields,
  { wanted: events, now }: Pick<KnownFacts, "wanted" | "now">,
): Promise<PlannedWrite<CreatedUser>> {
  const id = newId("usr");
  const wanted = await sealedFor(sealer, { id }, fields);
  const { email = null, loginUsername = null } = wanted;
  const { sealedLoginPassword = null, sealedRefreshToken = null } = wanted;
  const credentials = { loginUsername, sealedLoginPassword, sealedRefreshToken };
  const given = { id, tag: fields.tag, email, ...credentials, ...mergeHost(NO_HOST, wanted) };
  refuseIncomplete(given, wanted, scope.connection);
  const connectedAt = hasLogin(given) ? new Date() : null;
  const user = { ...given, connectedAt, credentialsAt: connectedAt, createdAt: now };
  const row = {
    ...user,
    connectionId: scope.connection.id,
    refreshedAt: sealedRefreshToken === null ? null : connectedAt,
  };
  const history = { accounts: [], progress: null };
  const account = connectedAt
    ? await planAccount({ ...user, accountEpoch: 0 }, scope.actor, history)
    : nothing;
  const event = connectedAt
    ? planEvent(scope, user, { kind: "user_connected", wanted: events })
    : nothing;
  return {
    user: { ...user, ...NEW },
    build: (tx) => [
      insertUser(tx, row),
      enqueueUsersChanged(tx, scope.partnerId, [id]),
      ...account(tx),
      ...event(tx),
    ],
  };
}

/** The fields of a new user that the database sets. */
const NEW = {
  state: "new",
  stateReason: null,
  archivedAt: null,
  lastLoginAt: null,
  lastEmailAt: null,
  lastHeardAt: null,
  lagSeconds: null,
} as const;
export type CreatedUser = Pick<
  User,
  keyof typeof NEW | Exclude<keyof NewUser, "connectionId" | "refreshedAt" | "id">
> & { id: string };

const NO_HOST = { imapHost: null, imapPort: null, imapSecurity: null };

/**
 * Decides to write the fields whose values change, and to poke the fleet to read them now. Returns
 * the same user when no value changes.
 */
export async function planChange(
  scope: UserWrite,
  user: User,
  wanted: WantedUser,
  known: Omit<KnownFacts, "now">,
): Promise<PlannedWrite<User>> {
  const { change, event } = planUserChange(user, wanted, new Date());
  if (Object.keys(change).length === 0) return { user, build: nothing };
  const changed = { ...user, ...change };
  refuseIncomplete(changed, wanted, scope.connection);
  const account = change.credentialsAt ? await planAccount(changed, scope.actor, known) : nothing;
  const announced = event ? planEvent(scope, changed, { kind: event, ...known }) : nothing;
  return {
    user: changed,
    build: (tx) => [
      // A removed token is revoked. A replaced token is not: Google would also revoke the new token,
      // because it revokes all tokens of an account together.
      ...(change.sealedRefreshToken === null ? [enqueueRevocations(tx, [user.id])] : []),
      updateUser(tx, user.id, change),
      ...(change.state === "new" ? [forgetHarms(tx, user.id)] : []),
      ...account(tx),
      enqueueUsersChanged(tx, scope.partnerId, [user.id]),
      ...announced(tx),
    ],
  };
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
