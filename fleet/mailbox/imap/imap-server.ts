/** How to reach an IMAP server. */
export interface ImapServer {
  host: string;
  port: number;
  security: "tls" | "starttls" | "none";
  /** The user named the host, not the provider, so it must have a public address. */
  isOwnHost: boolean;
  /** How long one IDLE may last before it is renewed. */
  idleMinutes: number;
  /** Logins per second for the whole fleet; null for the fleet's default rate. */
  loginRate: number | null;
}
