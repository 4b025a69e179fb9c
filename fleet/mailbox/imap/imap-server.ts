/** How to reach an IMAP server. */
export interface ImapServer {
  host: string;
  port: number;
  security: "tls" | "starttls" | "none";
  /**
   * Whether the host was named by the user, and not by the provider. Such a host must have a public
   * address.
   */
  isOwnHost: boolean;
  /** How long one IDLE may last before it is renewed. */
  idleMinutes: number;
  /** Logins per second to this server, by the whole fleet; null for the fleet's default rate. */
  loginRate: number | null;
}
