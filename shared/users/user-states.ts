/**
 * The states of a user's account, and which part sets them:
 *
 *   new          not tried yet                                            edge
 *   connecting   the first login is in progress                           fleet
 *   watching     the mailbox is open and read up to now                   fleet
 *   backoff      temporary failure; retrying                              fleet
 *   unreachable  no connection to the server, or certificate not trusted  fleet
 *   auth_failed  the login failed; the account's owner must act           fleet
 *   quarantined  on hold, because the mail server has harmed our process  fleet
 *   paused       an administrator has stopped watching the user           edge
 *   archived     kept, but not watched                                    edge, fleet (403)
 */
export const USER_STATES = [
  "new",
  "connecting",
  "watching",
  "backoff",
  "auth_failed",
  "unreachable",
  "quarantined",
  "paused",
  "archived",
] as const;
export type UserState = (typeof USER_STATES)[number];

/** The states that the fleet sets while it tries to watch a user. */
export type ObservedState = Extract<
  UserState,
  "connecting" | "watching" | "backoff" | "unreachable" | "auth_failed" | "quarantined"
>;

/** The states that the fleet can set after `connecting`. */
const OBSERVED = ["watching", "backoff", "unreachable", "auth_failed", "quarantined"] as const;

/**
 * The states to which a user may move from each state. An outage does not end `auth_failed`; a
 * login that succeeds (`watching`) or new credentials (`new`) do. An old session that still reports
 * a state does not end `paused` or `archived`.
 */
const MOVES: Readonly<Record<UserState, readonly UserState[]>> = {
  new: ["connecting", ...OBSERVED, "paused", "archived"],
  connecting: ["new", ...OBSERVED, "paused", "archived"],
  watching: ["new", ...OBSERVED, "paused", "archived"],
  backoff: ["new", ...OBSERVED, "paused", "archived"],
  unreachable: ["new", ...OBSERVED, "paused", "archived"],
  quarantined: ["new", ...OBSERVED, "paused", "archived"],
  auth_failed: ["new", "watching", "quarantined", "paused", "archived"],
  paused: ["new", "archived"],
  archived: ["new"],
};

/** Returns whether the move is allowed. Staying in a state is always allowed. */
export const mayMove = (from: UserState, to: UserState): boolean =>
  from === to || MOVES[from].includes(to);

/** Returns the states from which a user may move to this one. */
export const statesBefore = (to: UserState): UserState[] =>
  USER_STATES.filter((from) => mayMove(from, to));

/** The states of users that an instance watches or should watch, other than `new`. */
export const STATES_TO_WATCH: readonly UserState[] = [
  "connecting",
  "watching",
  "backoff",
  "unreachable",
  "auth_failed",
  "quarantined",
];
