import type { ServerAccount } from "../accounts/account.ts";
import type { Accounts } from "../accounts/accounts.ts";
import type { MailboxView } from "./mailbox-view.ts";
import type { Oauth1Options, Oauth2Options } from "../sasl/token-options.ts";
import type { ImapServerEventType } from "./server-event.ts";
import type { WirePart } from "./wire.ts";

/** The states of a session (RFC 3501, section 3). */
export type SessionState =
  | { kind: "not-authenticated" }
  | { kind: "authenticated"; account: ServerAccount }
  | { kind: "selected"; account: ServerAccount; view: MailboxView };

/** Data of the server that every session needs. */
export interface ServerFacts {
  accounts: Accounts;
  gmail: boolean;
  idle: boolean;
  oauth1: Oauth1Options | undefined;
  oauth2: Oauth2Options | undefined;
}

/** One client, as the commands see it. Commands have no access to the socket. */
export interface Session {
  readonly server: ServerFacts;
  readonly state: SessionState;
  /** Whether STARTTLS can be offered: there is a certificate, and TLS is not active yet. */
  readonly canStartTls: boolean;
  isIdling: boolean;
  enter(state: SessionState): void;
  /** Sends one response line. */
  send(...parts: WirePart[]): void;
  /** Sends the changes of the selected mailbox. `mayExpunge`: see MailboxView.takeUpdates. */
  sendUpdates(mayExpunge: boolean): void;
  /**
   * Resolves when all sent data has left the process, or immediately if only little data waits.
   */
  drained(): Promise<void>;
  /**
   * Sends a continuation request. Resolves to the client's answer; never resolves if the client
   * disconnects.
   */
  ask(prompt: string): Promise<string>;
  tell(event: ImapServerEventType): void;
  /** Sends BYE at this time, if the client is still connected. */
  endAt(atMs: number): void;
}

/** The tagged response: `OK …`, `NO …` or `BAD …`. */
export interface Completion {
  text: string;
  afterwards?: "close" | "start-tls";
}

export const completed = (text: string): Completion => ({ text });
