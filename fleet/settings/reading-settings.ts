import * as v from "valibot";
import { flag, seconds, wholeNumber } from "../../shared/env.ts";

const MIB = 1_024 ** 2;

/** The settings for logging in to mail servers, requesting tokens, and reading mail. */
export const readingSettings = {
  /** How many users' mail is read at the same time. Bodies may take 5 MiB of memory per user. */
  NUM_WORKER_THREADS: v.optional(wholeNumber(1, 1_000), "16"),
  /**
   * How many logins per second the whole fleet makes to one host. Without a limit, a restart would
   * look like an attack.
   */
  LOGIN_RATE: v.optional(wholeNumber(1, 100_000), "100"),
  /** How many logins run at the same time. More than 200 gain nothing and block the event loop. */
  LOGIN_CONCURRENCY: v.optional(wholeNumber(1, 1_000), "100"),
  /** The maximum size of a mail in bytes. The event of a larger mail comes without its body. */
  MAX_EMAIL_SIZE: v.optional(wholeNumber(1, 5 * MIB), String(MIB)),
  /** How often a server without IDLE is asked for new mail. */
  POLL_INTERVAL: v.optional(seconds(0.1, 3_600), "60"),
  /**
   * How often a server with IDLE is also asked for new mail. Some servers forget to announce it.
   */
  LOOK_INTERVAL: v.optional(seconds(0.1, 3_600), "120"),
  /**
   * Whether an IdleWatch watches each mailbox without a backlog. It fetches new mail, and leaves
   * everything unusual to ImapFlow. If false, ImapFlow watches all mailboxes.
   */
  IDLE_WATCH: v.optional(flag, "true"),
  /**
   * How long to wait before a second login. A refusal may be a mistake if the password worked
   * before, or if the access token is fresh. After a second refusal, the user becomes
   * `auth_failed`.
   */
  CONFIRM_REFUSAL_DELAY: v.optional(seconds(0.1, 3_600), "120"),
  IMAP_CONNECT_TIMEOUT: v.optional(seconds(0.1, 300), "20"),
  IMAP_GREETING_TIMEOUT: v.optional(seconds(0.1, 300), "10"),
  /**
   * How long a command may take, plus a second for each 8 KiB received. Then the connection is
   * closed.
   */
  IMAP_COMMAND_TIMEOUT: v.optional(seconds(0.1, 600), "60"),
  IMAP_LOGOUT_TIMEOUT: v.optional(seconds(0.1, 60), "5"),
  /** A PEM file of authorities to trust for mail servers, in addition to the runtime's. */
  IMAP_CA_FILE: v.optional(v.string()),
  /** How long until a parked mail is tried again. Doubles each time, up to six hours. */
  PARKED_RETRY_INTERVAL: v.optional(seconds(0.1, 21_600), "60"),
  /**
   * How often to store when each user's server last answered, and when all its mail was last seen.
   * The second time is shown no more exactly than this.
   */
  FRESHNESS_INTERVAL: v.optional(seconds(0.1, 3_600), "60"),
  /** How often to search for lost events. */
  SWEEPER_INTERVAL: v.optional(seconds(0.1, 3_600), "60"),
  /**
   * How long an event may wait, in addition to its retries. Then the sweeper checks whether it is
   * lost.
   */
  SWEEPER_AGE: v.optional(seconds(0.1, 86_400), "900"),
  /** How many mails per second all sweeps of one process publish together. */
  SWEEP_RATE: v.optional(wholeNumber(1, 10_000), "20"),
  /**
   * For development. Whether webhooks and the mail servers that users enter may have private
   * addresses. If so, webhooks may also use any port and plain HTTP.
   */
  ALLOW_PRIVATE_HOSTS: v.optional(flag, "false"),

  /** Deadline of one request to a provider's token or revocation endpoint. */
  TOKEN_TIMEOUT: v.optional(seconds(0.1, 60), "10"),
  /**
   * How many requests to token and revocation endpoints run at the same time. Each needs only a
   * socket.
   */
  TOKEN_CONCURRENCY: v.optional(wholeNumber(1, 1_000), "16"),
  /**
   * How long before its token expires a session gets a new token and starts again. At most half of
   * the token's lifetime.
   */
  TOKEN_RENEWAL_MARGIN: v.optional(seconds(0.1, 3_600), "300"),
  /** How often to search for idle refresh tokens, which their provider may soon delete. */
  TOKEN_KEEPING_INTERVAL: v.optional(seconds(0.1, 86_400), "3600"),
  /** How often to search for revocations that are due. */
  REVOCATION_INTERVAL: v.optional(seconds(0.1, 3_600), "5"),
};
