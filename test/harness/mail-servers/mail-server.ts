export interface MailAccount {
  login: string;
  password: string;
  address: string;
}

/** An IMAP server with accounts. Tests use this interface to run with different mail servers. */
export interface MailServer extends AsyncDisposable {
  readonly host: string;
  /** The port without implicit TLS. Clients may use STARTTLS there. */
  readonly port: number;
  readonly tlsPort: number;
  addAccount(account: MailAccount): Promise<void>;
  setPassword(login: string, password: string): Promise<void>;
  /** Delivers a mail. Mails arrive in the order of the calls. The server may add header lines. */
  deliver(address: string, raw: Uint8Array | string): Promise<void>;
  /** Gives all mail of an INBOX new UIDs. Returns the new UIDVALIDITY. */
  resetUidValidity(address: string): Promise<number>;
  /** Disconnects all sessions of this login. */
  disconnect(login: string): Promise<void>;
  connectionCount(login: string): Promise<number>;
}
