export interface MailAccount {
  login: string;
  password: string;
  address: string;
}

/** An IMAP server with accounts, for tests that any such server must pass. */
export interface MailServer extends AsyncDisposable {
  readonly host: string;
  /** The port for connections that begin without TLS. STARTTLS is offered. */
  readonly port: number;
  readonly tlsPort: number;
  addAccount(account: MailAccount): Promise<void>;
  setPassword(login: string, password: string): Promise<void>;
  /** Delivers a mail to an address, in the order of the calls. The server may add headers. */
  deliver(address: string, raw: Uint8Array | string): Promise<void>;
  /** Gives all mail of an INBOX new UIDs. Returns the new UIDVALIDITY. */
  resetUidValidity(address: string): Promise<number>;
  /** Ends the connections of a login. */
  disconnect(login: string): Promise<void>;
  connectionCount(login: string): Promise<number>;
}
