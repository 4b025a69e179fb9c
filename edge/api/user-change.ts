import type { User, UserChange } from "../../db/users.ts";
import type { UserEvent } from "../../shared/events.ts";

/** What a PUT asks for; absent fields stay as they are. */
export interface WantedUser {
  tag?: string;
  email?: string | null;
  archived?: boolean;
  loginUsername?: string | null;
  sealedLoginPassword?: string | null;
}

export interface UserPlan {
  /** The columns to write; empty when all is as wanted. */
  change: UserChange;
  event: UserEvent["kind"] | undefined;
}

type Credentials = Pick<User, "loginUsername" | "sealedLoginPassword">;

/**
 * Decides what a PUT changes.
 *
 *   archived: true    archives             archived: false      restores, and the login starts anew
 *   new credentials   the login starts anew; connected, if both are there
 *   fewer             disconnected
 *
 * Only `archived: false` restores: other fields of an archived user may change and it stays archived.
 * A sealed password cannot be compared, so one that is sent counts as new.
 */
export function planUserChange(user: User, wanted: WantedUser, now: Date): UserPlan {
  const change: UserChange = {};
  if (wanted.tag !== undefined && wanted.tag !== user.tag) change.tag = wanted.tag;
  if (wanted.email !== undefined && wanted.email !== user.email) change.email = wanted.email;

  const archives = wanted.archived === true && user.archivedAt === null;
  const restores = wanted.archived === false && user.archivedAt !== null;
  if (archives) Object.assign(change, { ...moveTo("archived", now), archivedAt: now });
  if (restores) {
    Object.assign(change, { ...moveTo("new", now), archivedAt: null, restoredAt: now });
  }

  const credentials = newCredentials(user, wanted);
  if (Object.keys(credentials).length === 0) return { change, event: undefined };
  Object.assign(change, credentials);
  const isLiving = restores || (user.archivedAt === null && !archives);
  if (isLiving) Object.assign(change, moveTo("new", now));

  const connected = hasLogin({ ...user, ...credentials });
  if (connected === (user.connectedAt !== null)) return { change, event: undefined };
  change.connectedAt = connected ? now : null;
  return { change, event: connected ? "user_connected" : "user_disconnected" };
}

/** Both halves of a login are there. */
export const hasLogin = (credentials: Credentials) =>
  credentials.loginUsername !== null && credentials.sealedLoginPassword !== null;

function newCredentials(user: User, wanted: WantedUser): Partial<Credentials> {
  const { loginUsername, sealedLoginPassword } = wanted;
  const credentials: Partial<Credentials> = {};
  if (loginUsername !== undefined && loginUsername !== user.loginUsername) {
    credentials.loginUsername = loginUsername;
  }
  const staysEmpty = sealedLoginPassword === null && user.sealedLoginPassword === null;
  if (sealedLoginPassword !== undefined && !staysEmpty) {
    credentials.sealedLoginPassword = sealedLoginPassword;
  }
  return credentials;
}

const moveTo = (state: User["state"], now: Date): UserChange => ({
  state,
  stateReason: null,
  stateChangedAt: now,
});
