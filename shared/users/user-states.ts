/**
 * What is known of a user's account, and who says so:
 *
 *   new          nobody has tried it yet                                     edge
 *   connecting   its first login is under way                                fleet
 *   watching     its mailbox is open and read up to now                      fleet
 *   backoff      something failed that may be gone at the next try           fleet
 *   unreachable  the server cannot be reached, or not be trusted             fleet
 *   auth_failed  the credentials are refused: a person must act              fleet
 *   quarantined  its mail server has hurt us: it is left alone for a while    fleet
 *   paused       it is not watched for the time being                        edge
 *   archived     it is kept and not watched                                  edge
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

/** What the fleet says while it tries; all else is decided by people. */
export type ObservedState = Extract<
  UserState,
  "connecting" | "watching" | "backoff" | "unreachable" | "auth_failed" | "quarantined"
>;

/** How a try ends. */
const OBSERVED = ["watching", "backoff", "unreachable", "auth_failed", "quarantined"] as const;

/**
 * The legal moves. Refused credentials stay so through outages, until they work or others are given;
 * who is paused or archived moves by people's will only, whatever an old session still says.
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

/** To stay is always legal. */
export const mayMove = (from: UserState, to: UserState): boolean =>
  from === to || MOVES[from].includes(to);

/** From where a user may come into a state. */
export const statesBefore = (to: UserState): UserState[] =>
  USER_STATES.filter((from) => mayMove(from, to));
