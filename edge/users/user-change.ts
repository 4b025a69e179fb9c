import type { User, UserChange } from "../../db/users/users.ts";

/** The requested changes; absent fields keep their values. */
export interface WantedUser {
  tag?: string;
  email?: string | null;
  archived?: boolean;
  /** Whether the user is paused. Only admins may set it. */
  paused?: boolean;
  /** False releases a quarantined user. Only admins may set it. */
  quarantined?: false;
  /** True: a user whose login fails logs in again now. Only admins may set it. */
  retry?: true;
  /** Whether the user is a tracer user. Only admins may set it. */
  enableTracer?: boolean;
  /** Whether tracers of the user are delivered. Only admins may set it. */
  deliverTracers?: boolean;
  loginUsername?: string | null;
  sealedLoginPassword?: string | null;
  sealedRefreshToken?: string | null;
  imapHost?: string | null;
  imapPort?: number | null;
  imapSecurity?: User["imapSecurity"];
}

export interface UserPlan {
  /** The columns to write; empty when nothing changes. */
  change: UserChange;
  event: "user_connected" | "user_disconnected" | undefined;
}

/**
 * Decides what a change does.
 *
 *   archived: true      the user is archived
 *   archived: false     the user is restored and logs in again; if the login is refused, the
 *                       partner gets a new `user_auth_failed` event
 *   paused: true        the fleet stops watching the user
 *   paused: false       the user logs in again
 *   quarantined: false  the user logs in again immediately
 *   retry: true         the user logs in again immediately; if the login is refused again, the
 *                       partner gets no second event
 *   new credentials     the user logs in again, and is connected if no credential is missing
 *   fewer credentials   the user is disconnected
 *
 * Only `archived: false` restores an archived user; changes of other fields do not. Sealed secrets
 * cannot be compared, so every secret in a request counts as new.
 */
export function planUserChange(user: User, wanted: WantedUser, now: Date): UserPlan {
  const change: UserChange = {};
  if (wanted.tag !== undefined && wanted.tag !== user.tag) change.tag = wanted.tag;
  if (wanted.email !== undefined && wanted.email !== user.email) change.email = wanted.email;

  if (wanted.enableTracer !== undefined && wanted.enableTracer !== user.enableTracer) {
    change.enableTracer = wanted.enableTracer;
  }
  if (wanted.deliverTracers !== undefined && wanted.deliverTracers !== user.deliverTracers) {
    change.deliverTracers = wanted.deliverTracers;
  }
  const isPaused = wanted.paused ?? user.pausedAt !== null;
  const turns = isPaused !== (user.pausedAt !== null);
  if (turns) change.pausedAt = isPaused ? now : null;
  const awake = isPaused ? "paused" : "new";
  const archives = wanted.archived === true && user.archivedAt === null;
  const restores = wanted.archived === false && user.archivedAt !== null;
  if (archives) Object.assign(change, { ...moveTo("archived", now), archivedAt: now });
  if (restores) {
    const restored = { archivedAt: null, restoredAt: now, incidentAt: null };
    Object.assign(change, { ...moveTo(awake, now), ...restored });
  }
  const isLiving = restores || (user.archivedAt === null && !archives);
  if (turns && isLiving) Object.assign(change, moveTo(awake, now));

  const releases = wanted.quarantined === false && user.state === "quarantined";
  if (releases && isLiving) Object.assign(change, moveTo(awake, now));

  const retries = wanted.retry === true && FAILING.includes(user.state) && hasLogin(user);
  // A session begins a new login when this time changes.
  if (retries && isLiving) Object.assign(change, moveTo(awake, now), { credentialsAt: now });

  const credentials = newCredentials(user, wanted, now);
  // For a user with a refresh token, a changed address counts as new credentials. If the old and
  // the new address differ in more than upper and lower case, they belong to different accounts.
  // Then the login names that were found for the old account are deleted.
  const renamed = change.email !== undefined && user.sealedRefreshToken !== null;
  const isOther = change.email?.toLowerCase() !== user.email?.toLowerCase();
  if (change.email !== undefined && isOther) {
    if (user.tokenUsername !== null) change.tokenUsername = null;
    if (user.tokenUsernames !== null) change.tokenUsernames = null;
  }
  if (Object.keys(credentials).length === 0 && !renamed) return { change, event: undefined };
  const connected = hasLogin({ ...user, ...credentials });
  Object.assign(change, credentials, { credentialsAt: connected ? now : null, incidentAt: null });
  if (isLiving) Object.assign(change, moveTo(awake, now));

  if (connected === (user.connectedAt !== null)) return { change, event: undefined };
  change.connectedAt = connected ? now : null;
  return { change, event: connected ? "user_connected" : "user_disconnected" };
}

/** The states of users who wait for their next login. */
const FAILING: readonly User["state"][] = ["backoff", "unreachable", "auth_failed", "quarantined"];

/** Whether the user has everything that a login needs. */
export const hasLogin = (
  user: Pick<User, "loginUsername" | "sealedLoginPassword" | "sealedRefreshToken"> &
    Partial<Pick<User, "sealedOauth1Token">>,
) =>
  (user.loginUsername !== null && user.sealedLoginPassword !== null) ||
  user.sealedRefreshToken !== null ||
  (user.sealedOauth1Token ?? null) !== null;

function newCredentials(user: User, wanted: WantedUser, now: Date): UserChange {
  const { loginUsername, sealedLoginPassword, sealedRefreshToken } = wanted;
  const credentials: UserChange = newHost(user, wanted);
  if (loginUsername !== undefined && loginUsername !== user.loginUsername) {
    credentials.loginUsername = loginUsername;
  }
  if (isNewSecret(user.sealedLoginPassword, sealedLoginPassword)) {
    credentials.sealedLoginPassword = sealedLoginPassword;
  }
  if (isNewSecret(user.sealedRefreshToken, sealedRefreshToken)) {
    credentials.sealedRefreshToken = sealedRefreshToken;
    credentials.sealedPreviousRefreshToken = null;
    credentials.refreshedAt = sealedRefreshToken === null ? null : now;
  }
  return credentials;
}

/**
 * Returns whether the request changes the secret. `wanted` is undefined if the request does not
 * mention the secret, and null if it clears the secret. Clearing a secret that is not set is no
 * change.
 */
const isNewSecret = (
  known: string | null,
  wanted: string | null | undefined,
): wanted is string | null => wanted !== undefined && !(wanted === null && known === null);

type Host = Pick<User, "imapHost" | "imapPort" | "imapSecurity">;

function newHost(user: Host, wanted: WantedUser): Partial<Host> {
  const host = mergeHost(user, wanted);
  const isSame =
    host.imapHost === user.imapHost &&
    host.imapPort === user.imapPort &&
    host.imapSecurity === user.imapSecurity;
  return isSame ? {} : host;
}

/**
 * Returns the host with its port and security. All three are null when the user has no own host.
 * The default ports come from RFC 8314, 3.2 and RFC 9051, 2.1.
 */
export function mergeHost(known: Host, wanted: WantedUser): Host {
  const imapHost = wanted.imapHost === undefined ? known.imapHost : wanted.imapHost;
  if (imapHost === null) return { imapHost, imapPort: null, imapSecurity: null };
  const imapSecurity = wanted.imapSecurity ?? known.imapSecurity ?? "tls";
  const imapPort = wanted.imapPort ?? known.imapPort ?? (imapSecurity === "tls" ? 993 : 143);
  return { imapHost, imapPort, imapSecurity };
}

const moveTo = (state: User["state"], now: Date): UserChange => ({
  state,
  stateReason: null,
  stateChangedAt: now,
});
