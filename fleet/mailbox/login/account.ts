import type { OAuth2Mechanism } from "../imap/login/credentials.ts";
import type { ImapServer } from "../imap/imap-server.ts";
import type { UserHarm } from "../../../db/users/user-harms.ts";

/** The credentials of a user. Secrets are still sealed (encrypted). */
export type Login =
  | { kind: "password"; username: string; sealedPassword: string }
  /**
   * The refresh token stays in the database. `mechanism` is a preference. Null means any mechanism
   * that the server offers.
   */
  | {
      kind: "oauth2";
      username: string;
      mechanism: OAuth2Mechanism | null;
      /** More user names to try if the server refuses the first. */
      otherNames?: readonly string[];
    }
  | {
      kind: "oauth1";
      username: string;
      sealedToken: string;
      connectionId: string;
      consumerKey: string;
      sealedConsumerSecret: string;
    };

/** The data of a user that a session needs. */
export interface Account {
  userId: string;
  /**
   * The number of this mail account among those that the user has had; 0 is the first. Cursors and
   * event ids belong to one account.
   */
  epoch: number;
  tag: string;
  partnerId: string;
  providerCode: string;
  server: ImapServer;
  login: Login;
  /** When the credentials were given. Stays the same when the provider replaces a refresh token. */
  credentialsAt: Date | null;
  /** When the OAuth client for these credentials was changed. Null means never. */
  clientAt?: Date | null;
  /** Whether no session has logged in as this user yet. */
  isNew: boolean;
  /** Whether a login with these credentials has succeeded, and none was refused since. */
  hasWorked: boolean;
  /** Mail that the server received before this is not delivered. */
  watchFrom: Date;
  /**
   * The harm that the user's mail server did to processes that watched the user (see Probation).
   * Null if there was none. Also null after a person ended the user's pause or changed the account.
   */
  harm: UserHarm | null;
  /**
   * How this account handles tracers (mails that measure latency).
   * - "none": the user gets no tracers.
   * - "kept": tracers are recorded, but not delivered.
   */
  tracers: "none" | "kept" | "delivered";
}

/**
 * Returns whether a session of `a` must log in again to continue as a session of `b`. A secret that
 * was only sealed again needs no new login. (A new secret changes `credentialsAt` or `clientAt`.)
 * Settings that a running session can adopt (ADOPTED) need no new login either.
 */
export function needsNewLogin(a: Account, b: Account): boolean {
  const toLoginKey = ({ epoch, login, server, credentialsAt, clientAt }: Account) =>
    JSON.stringify([epoch, login, server, credentialsAt, clientAt], (key, value: unknown) =>
      key.startsWith("sealed") || ADOPTED.has(key) ? undefined : value,
    );
  return toLoginKey(a) !== toLoginKey(b);
}

/** Settings of a mail server that a running session can adopt. */
const ADOPTED = new Set(["loginRate", "idleMinutes"]);
