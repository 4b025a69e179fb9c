import type { OAuth2Mechanism } from "../imap/login/credentials.ts";
import type { ImapServer } from "../imap/imap-server.ts";
import type { UserHarm } from "../../../db/users/user-harms.ts";

/** What a user logs in with, still sealed. */
export type Login =
  | { kind: "password"; username: string; sealedPassword: string }
  /** The refresh token stays where it is. The mechanism is a wish: null for what the server has. */
  | {
      kind: "oauth2";
      username: string;
      mechanism: OAuth2Mechanism | null;
      /** Further names, for a server that refuses the first. */
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

/** All that a session needs to know of a user. */
export interface Account {
  userId: string;
  /** Which of the accounts that the user has been: cursors and event ids belong to one. */
  epoch: number;
  tag: string;
  partnerId: string;
  providerCode: string;
  server: ImapServer;
  login: Login;
  /** When the credentials were given; a rotated refresh token was not given by anybody. */
  credentialsAt: Date | null;
  /** When the OAuth client was changed that they are used with; null: never. */
  clientAt?: Date | null;
  /** Nobody has logged in yet. */
  isNew: boolean;
  /** A login with these credentials has succeeded, and none was refused since. */
  hasWorked: boolean;
  /** Mail that the server received before is not delivered. */
  watchFrom: Date;
  /** How its mail server has hurt the process that watched it; null: it has not, or was released. */
  harm: UserHarm | null;
  /** What becomes of our tracers; who is no tracer user has none. */
  tracers: "none" | "kept" | "delivered";
}

/**
 * True when a session of `a` must log in again to become one of `b`: not where the same secret was
 * sealed again (who gives another one has `credentialsAt` set, or `clientAt`), nor for another rate of logins.
 */
export function needsNewLogin(a: Account, b: Account): boolean {
  const loginOf = ({ epoch, login, server, credentialsAt, clientAt }: Account) =>
    JSON.stringify([epoch, login, server, credentialsAt, clientAt], (key, value: unknown) =>
      key.startsWith("sealed") || key === "loginRate" ? undefined : value,
    );
  return loginOf(a) !== loginOf(b);
}
