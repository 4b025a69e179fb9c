import * as v from "valibot";
import type { Connection } from "../../../db/partners/connections.ts";
import { IMAP_SECURITIES } from "../../../db/partners/tables.ts";
import type { ListedUser, User } from "../../../db/users/users.ts";
import { reasonText } from "../../../shared/users/reasons.ts";
import { USER_STATES } from "../../../shared/users/user-states.ts";
import type { UserLinks } from "../../users/user-links.ts";
import { computeEtag } from "../etag.ts";

const time = v.pipe(v.string(), v.isoTimestamp());
const noTime = v.nullable(time);
const noText = v.nullable(v.string());

export const listedUser = v.object({
  tag: v.string(),
  email: noText,
  state: v.picklist(USER_STATES),
  archived: v.boolean(),
  connected_at: v.pipe(
    noTime,
    v.description(
      "Null if the user is not connected, or if its OAuth login could not be tried yet. `user_connected` is sent after the first successful login.",
    ),
  ),
});

/** The fields that the ETag covers. */
const stableUser = v.object({
  ...listedUser.entries,
  state_reason: v.pipe(noText, v.description("The reason for the state, as a stable code.")),
  state_reason_text: v.pipe(noText, v.description("The reason as text, with what to do about it.")),
  archived_at: noTime,
  last_login_at: noTime,
  last_email_at: noTime,
  created_at: time,
  login_username: v.pipe(
    noText,
    v.description("The login name at the mail server; null for OAuth users without one."),
  ),
  imap_host: v.exactOptional(
    v.pipe(
      noText,
      v.description("This and the next two fields: only if each user has its own host."),
    ),
  ),
  imap_port: v.exactOptional(v.nullable(v.number())),
  imap_security: v.exactOptional(v.nullable(v.picklist(IMAP_SECURITIES))),
});

export const userAnswer = v.object({
  ...stableUser.entries,
  last_heard_at: v.pipe(
    noTime,
    v.description("When the user's mail server last answered; updated every minute or two."),
  ),
  lag_seconds: v.pipe(
    v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))),
    v.description(
      "For how many seconds it has not been certain that all mail of the mailbox was seen: the time since the mail server, when it was asked, last confirmed that there is no mail for which no event was made. It is asked every two minutes, even if it announces nothing. Null if the user is not `watching`.",
    ),
  ),
  connect_url: v.pipe(
    v.string(),
    v.description(
      "The page where the account owner connects the account in a browser. Valid for 30 minutes. Append `?success=…&failure=…` to set where the browser goes afterwards. Always present: for an archived user, or while the connection has no OAuth client, the page says why the account cannot be connected.",
    ),
  ),
  disconnect_url: v.pipe(
    v.string(),
    v.description(
      "The page where the account owner disconnects the account. Always present: if no account is connected, the page says so.",
    ),
  ),
});

export const showListedUser = (user: ListedUser): v.InferOutput<typeof listedUser> => ({
  tag: user.tag,
  email: user.email,
  state: user.state,
  archived: user.archivedAt !== null,
  connected_at: isoTime(user.connectedAt),
});

type Shape = Pick<Connection, "ownHost">;

/** What an answer shows of a user, or covers with its ETag. */
export type AnsweredUser = ListedUser &
  Pick<
    User,
    | "stateReason"
    | "lastLoginAt"
    | "lastEmailAt"
    | "lastHeardAt"
    | "lagSeconds"
    | "createdAt"
    | "loginUsername"
    | "imapHost"
    | "imapPort"
    | "imapSecurity"
    | "credentialsAt"
  >;

export const showUser = (
  user: AnsweredUser,
  shape: Shape,
  links: UserLinks,
): v.InferOutput<typeof userAnswer> => ({
  ...showStable(user, shape),
  last_heard_at: isoTime(user.lastHeardAt),
  lag_seconds: user.lagSeconds,
  ...links,
});

/**
 * Returns the user's ETag, which covers the shown fields and the hidden credentials. It does not
 * cover fields that change every minute or two although nobody changed the user: a write with
 * `If-Match` would be refused without a reason.
 */
export const userEtag = (user: AnsweredUser, shape: Shape): Promise<string> =>
  computeEtag({ ...showStable(user, shape), credentialsAt: user.credentialsAt });

const showStable = (user: AnsweredUser, { ownHost }: Shape): v.InferOutput<typeof stableUser> => ({
  ...showListedUser(user),
  state_reason: user.stateReason,
  state_reason_text: user.stateReason === null ? null : reasonText(user.stateReason),
  archived_at: isoTime(user.archivedAt),
  last_login_at: isoTime(user.lastLoginAt),
  last_email_at: isoTime(user.lastEmailAt),
  created_at: user.createdAt.toISOString(),
  login_username: user.loginUsername,
  ...(ownHost && {
    imap_host: user.imapHost,
    imap_port: user.imapPort,
    imap_security: user.imapSecurity,
  }),
});

const isoTime = (at: Date | null) => at?.toISOString() ?? null;
