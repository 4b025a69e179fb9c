/** How to reach an IMAP server. */
export interface ImapServer {
  host: string;
  port: number;
  security: "tls" | "starttls" | "none";
  /** How long one IDLE may last before it is renewed. */
  idleMinutes: number;
  /** Logins a second for the whole fleet; null for the fleet's own rate. */
  loginRate: number | null;
}

/** Opened credentials: kept for as long as a login takes, and no longer. */
export interface Credentials {
  username: string;
  password: string;
}

/** All that a session needs to know of a user. */
export interface Account {
  userId: string;
  tag: string;
  partnerId: string;
  providerCode: string;
  server: ImapServer;
  username: string;
  sealedPassword: string;
  /** Mail that the server received before is not delivered. */
  watchFrom: Date;
}

/** True when a session of `a` must log in again to become one of `b`. */
export function needsNewLogin(a: Account, b: Account): boolean {
  return (
    a.username !== b.username ||
    a.sealedPassword !== b.sealedPassword ||
    JSON.stringify(a.server) !== JSON.stringify(b.server)
  );
}
