import type { Connection } from "../../../db/partners/connections.ts";
import type { FoundUser } from "../../../db/users/user-list.ts";
import type { ListedStateChange } from "../../../db/users/user-state-changes.ts";
import type { User } from "../../../db/users/users.ts";
import { hasLogin } from "../../users/user-change.ts";
import { reasonText } from "../../../shared/users/reasons.ts";
import type { UserState } from "../../../shared/users/user-states.ts";

type Common = Pick<
  User,
  | "id"
  | "tag"
  | "email"
  | "state"
  | "stateReason"
  | "stateChangedAt"
  | "connectedAt"
  | "archivedAt"
  | "pausedAt"
  | "lastHeardAt"
  | "lastLoginAt"
  | "lastEmailAt"
  | "enableTracer"
  | "deliverTracers"
  | "createdAt"
  | "connectionId"
>;

const showCommon = (user: Common) => ({
  id: user.id,
  tag: user.tag,
  email: user.email,
  state: user.state,
  state_reason: user.stateReason,
  /** The state as text. */
  state_text: describeState(user.state, user.stateReason),
  state_changed_at: user.stateChangedAt.toISOString(),
  connected_at: isoTime(user.connectedAt),
  archived_at: isoTime(user.archivedAt),
  paused_at: isoTime(user.pausedAt),
  last_heard_at: isoTime(user.lastHeardAt),
  last_login_at: isoTime(user.lastLoginAt),
  last_email_at: isoTime(user.lastEmailAt),
  enable_tracer: user.enableTracer,
  deliver_tracers: user.deliverTracers,
  created_at: user.createdAt.toISOString(),
  connection_id: user.connectionId,
});

export const showFoundUser = (user: FoundUser) => ({
  ...showCommon(user),
  partner_id: user.partnerId,
  partner_name: user.partnerName,
  imap_provider_code: user.providerCode,
});

interface Place {
  connection: Connection;
  partner: { id: string; name: string };
}

/** Returns a user without secrets. For each secret, the answer contains only whether it is set. */
export const showAnyUser = (user: User, { connection, partner }: Place) => ({
  ...showCommon(user),
  partner_id: partner.id,
  partner_name: partner.name,
  imap_provider_code: connection.providerCode,
  /**
   * For how many seconds it has not been certain that all mail of the mailbox was seen; null for a
   * user who is not watched.
   */
  lag_seconds: user.lagSeconds,
  kind: connection.kind,
  own_host: connection.ownHost,
  login_username: user.loginUsername,
  /**
   * The login name that the mail server accepted with a token, if it differs from the address;
   * otherwise null.
   */
  token_username: user.tokenUsername,
  login_password_set: user.sealedLoginPassword !== null,
  refresh_token_set: user.sealedRefreshToken !== null,
  oauth1_token_set: user.sealedOauth1Token !== null,
  has_login: hasLogin(user),
  imap_host: user.imapHost,
  imap_port: user.imapPort,
  imap_security: user.imapSecurity,
  restored_at: isoTime(user.restoredAt),
  credentials_at: isoTime(user.credentialsAt),
  refreshed_at: isoTime(user.refreshedAt),
  /** Since when the credentials have been refused; null when they are not. */
  incident_at: isoTime(user.incidentAt),
});

export const showStateChange = (change: ListedStateChange) => ({
  id: change.id,
  state: change.state,
  reason: change.reason,
  text: describeState(change.state, change.reason),
  changed_at: change.changedAt.toISOString(),
  /**
   * Who caused the change, in the form of the audit log's `actor`. Null when the fleet observed the
   * change.
   */
  actor: change.actor,
  actor_name: change.actorName,
});

const isoTime = (at: Date | null) => at?.toISOString() ?? null;

const STATE_TEXTS: Readonly<Record<UserState, string>> = {
  new: "No login has been tried yet.",
  connecting: "The first login is in progress.",
  watching: "The mailbox is open and up to date.",
  backoff: "Temporary failure; retrying.",
  unreachable: "The mail server is unreachable, or its certificate is not trusted.",
  auth_failed: "Login failed; the account owner must act.",
  quarantined:
    "Its mail server harmed the process that watched it. It is not watched for a while, then tried again automatically.",
  paused: "Paused by an administrator.",
  archived: "Archived: its data is kept, and its mailbox is not watched.",
};

/** Returns a user's state as text. If there is a reason, its text follows and says what to do. */
const describeState = (state: UserState, reason: string | null): string =>
  reason === null ? STATE_TEXTS[state] : `${STATE_TEXTS[state]} ${reasonText(reason)}`;
