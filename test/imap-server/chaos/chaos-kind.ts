/** Every way in which the server can lie. The names are used in files and logs. */
export const CHAOS_KINDS = [
  /** The server sends `* BYE` in place of the greeting. */
  "greeting_bye",
  "greeting_never",
  /** A login is refused with NO [AUTHENTICATIONFAILED], even if the password is right. */
  "login_refused",
  /** A login is refused with NO [UNAVAILABLE]. */
  "login_unavailable",
  /** A login is refused with NO [LIMIT], which means too many connections. */
  "login_limit",
  "command_no",
  "command_bad",
  "command_unanswered",
  /** The server does not answer IDLE at all, not even with `+`. */
  "idle_unanswered",
  /** The socket stays open, but the server no longer reads or writes. */
  "half_open",
  "gibberish_tagged",
  "gibberish_untagged",
  /** The server sends `* BYE` in place of a response, and ends the connection. */
  "bye",
  /** The server sends only the beginning of a response, and then drops the socket. */
  "disconnect",
  /** A literal is announced as larger than it is. */
  "literal_larger",
  "literal_smaller",
  /** A response comes byte by byte. */
  "slow_drip",
  /** UIDVALIDITY changes before SELECT, or in the middle of a session. */
  "uid_validity_reset",
  /** Replication lag: EXISTS counts mail that SEARCH and FETCH do not return yet. */
  "exists_early",
  /** SELECT and EXAMINE are refused with NO [NONEXISTENT]. */
  "missing_inbox",
  /** SEARCH is refused with NO until the connection ends. */
  "search_refused",
  /** SEARCH searches only the last message, and its answer reports this limit (RFC 9738). */
  "message_limit",
  /** The server sends no EXISTS for one mail. The next EXISTS counts that mail, too. */
  "exists_forgotten",
  /**
   * The server stores mail, but sends no EXISTS until the connection ends. SEARCH and FETCH return
   * the mail.
   */
  "exists_never",
  /** EXISTS reports 4,294,967,295 messages. */
  "number_hostile",
  /** The answer to EXAMINE has no UIDNEXT. */
  "uidnext_left_out",
  /** FETCH leaves out a message, but ends with OK. */
  "row_left_out",
  /** FETCH sends an additional row that reports changed flags. */
  "row_unasked",
  /** A row of FETCH has an unclosed quote. */
  "row_unreadable",
  "row_without_uid",
  /** INTERNALDATE is NIL, a word that is no date, a date in 1970, or a date in 2400. */
  "date_odd",
  /** FETCH of a whole message returns a literal without bytes. */
  "literal_empty",
  /**
   * FETCH of a whole message adds a header line to it. The line differs each time, like the lines
   * that virus scanners add.
   */
  "body_changed",
] as const;

export type ChaosKind = (typeof CHAOS_KINDS)[number];

/**
 * The probability of each kind of lie, from 0 to 1, each time the server could lie in this way. A
 * kind without a weight never happens.
 */
export type ChaosWeights = { [K in ChaosKind]?: number | undefined };

/**
 * The default weights. A login takes about ten commands and twenty responses, so about one session
 * in three gets a lie. Lies without an answer have lower weights, because the client waits until a
 * deadline.
 */
export const DEFAULT_WEIGHTS: ChaosWeights = {
  greeting_bye: 0.01,
  greeting_never: 0.003,
  login_refused: 0.01,
  login_unavailable: 0.01,
  login_limit: 0.01,
  command_no: 0.005,
  command_bad: 0.005,
  command_unanswered: 0.001,
  idle_unanswered: 0.003,
  half_open: 0.001,
  gibberish_tagged: 0.003,
  gibberish_untagged: 0.003,
  bye: 0.002,
  disconnect: 0.003,
  literal_larger: 0.01,
  literal_smaller: 0.01,
  slow_drip: 0.002,
  uid_validity_reset: 0.001,
  exists_early: 0.02,
  missing_inbox: 0.01,
  search_refused: 0.01,
  message_limit: 0.02,
  exists_forgotten: 0.01,
  exists_never: 0.005,
  number_hostile: 0.005,
  uidnext_left_out: 0.02,
  row_left_out: 0.02,
  row_unasked: 0.02,
  row_unreadable: 0.01,
  row_without_uid: 0.01,
  date_odd: 0.02,
  literal_empty: 0.01,
  body_changed: 0.02,
};
