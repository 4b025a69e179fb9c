/** How to reach an IMAP server. */
export interface ImapServer {
  host: string;
  port: number;
  security: "tls" | "starttls" | "none";
  /** The user named it, and not the provider: it must have a public address. */
  isOwnHost: boolean;
  /** How long one IDLE may last before it is renewed. */
  idleMinutes: number;
  /** Logins a second for the whole fleet; null for the fleet's own rate. */
  loginRate: number | null;
}
