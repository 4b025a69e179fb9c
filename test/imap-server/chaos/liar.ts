import type { ImapCommand } from "../parsing/command.ts";
import { dispatch } from "../sessions/dispatch.ts";
import type { Mailbox } from "../accounts/mailbox.ts";
import type { MailboxView } from "../sessions/mailbox-view.ts";
import { type Completion, completed, type Session } from "../sessions/session.ts";
import type { Chaos } from "./chaos.ts";
import { withLargerLiteral, withSmallerLiteral } from "./false-literal.ts";
import { ANNOUNCEMENT_LIES, GREETING_LIES, isExists, liesIn, liesTo } from "./fitting-lies.ts";
import { lieInRow } from "./row-lies.ts";
import { gibberishCompletion, gibberishLine } from "./gibberish.ts";

/** The part of a client's socket that a liar uses. */
export interface LiarSocket {
  /** False after the connection has ended: there is no client to lie to. */
  readonly isOpen: boolean;
  write(bytes: Uint8Array): void;
  /**
   * Ends the connection after all written data is sent. The client must then close its side, too.
   */
  hangUp(): void;
  /** Ends the connection after all written data is sent, without waiting for the client. */
  drop(): void;
  stopReading(): void;
}

/** The time for which `exists_early` hides a mail after EXISTS has announced it. */
const LAG_MS = 500;
const DRIP_MS = 1;

/** Handles all output of the server to one client, and adds the lies that chaos chooses. */
export class Liar {
  readonly #chaos: Chaos;
  readonly #socket: LiarSocket;
  #isMute = false;
  #refusesSearch = false;
  #hidesExists = false;
  /** The response code that the next OK gets; empty for none. */
  #code = "";
  /** Data that is sent byte by byte. Other data waits until this data is sent. */
  #dripping: Uint8Array[] = [];

  constructor(chaos: Chaos, socket: LiarSocket) {
    this.#chaos = chaos;
    this.#socket = socket;
  }

  greet(greeting: Uint8Array): void {
    const lie = this.#chaos.decide(GREETING_LIES);
    if (lie?.kind === "greeting_bye") return this.#sayBye();
    if (lie?.kind === "greeting_never") this.#isMute = true;
    this.send(greeting);
  }

  send(response: Uint8Array): void {
    if (this.#isMute || !this.#socket.isOpen) return;
    if (this.#hidesExists && isExists(response)) return;
    const lie = this.#chaos.decide(liesIn(response));
    switch (lie?.kind) {
      case "row_left_out":
      case "row_unasked":
      case "row_unreadable":
      case "row_without_uid":
      case "date_odd":
      case "literal_empty":
      case "body_changed":
        return this.#write(lieInRow(response, lie.kind, lie.shade));
      case "message_limit":
        return this.#write(this.#limit(response));
      case "exists_forgotten":
      case "uidnext_left_out":
        return;
      case "exists_never":
        this.#hidesExists = true;
        return;
      case "number_hostile":
        this.#write(Buffer.from("* 4294967295 EXISTS\r\n"));
        return this.#write(response);
      case "gibberish_untagged":
        this.#write(Buffer.from(`${gibberishLine(lie.shade)}\r\n`, "latin1"));
        return this.#write(response);
      case "bye":
        return this.#sayBye();
      case "disconnect":
        this.#write(response.subarray(0, Math.floor(lie.shade * response.length)));
        this.#isMute = true;
        return this.#socket.drop();
      case "literal_larger":
        return this.#write(withLargerLiteral(response, lie.shade));
      case "literal_smaller":
        return this.#write(withSmallerLiteral(response, lie.shade));
      case "slow_drip":
        return this.#drip(response);
      case undefined:
        return this.#write(response);
    }
  }

  async dispatch(session: Session, command: ImapCommand): Promise<Completion> {
    const { name } = command;
    const lie = this.#chaos.decide(liesTo(name, session.state.kind === "selected"));
    switch (lie?.kind) {
      case undefined:
        return this.#tellTruth(session, command);
      case "command_no":
        return completed(`NO ${name} failed`);
      case "command_bad":
        return completed(`BAD ${name} is not understood`);
      case "gibberish_tagged":
        return completed(gibberishCompletion(lie.shade));
      case "login_refused":
        return completed("NO [AUTHENTICATIONFAILED] Authentication failed");
      case "login_unavailable":
        return completed("NO [UNAVAILABLE] The directory does not answer");
      case "login_limit":
        return completed("NO [LIMIT] Too many simultaneous connections");
      case "missing_inbox":
        return completed("NO [NONEXISTENT] No such mailbox");
      case "search_refused":
        this.#refusesSearch = true;
        return completed("NO SEARCH is too expensive");
      case "command_unanswered":
      case "idle_unanswered":
        return never();
      case "half_open":
        this.#isMute = true;
        this.#socket.stopReading();
        return never();
      case "uid_validity_reset":
        pickMailbox(session, command)?.resetUidValidity();
        return this.#tellTruth(session, command);
    }
  }

  /**
   * Limits the result to the last message, because a limited search goes from the highest number
   * down (RFC 9738, section 3.1).
   */
  #limit(response: Uint8Array): Uint8Array {
    const last = Buffer.from(response).toString("latin1").trim().split(" ").at(-1);
    this.#code = `[MESSAGELIMIT 1 ${last}] `;
    return Buffer.from(`* SEARCH ${last}\r\n`);
  }

  async #tellTruth(session: Session, command: ImapCommand): Promise<Completion> {
    if (this.#refusesSearch && command.name === "SEARCH") return completed("NO No search here");
    const told = await dispatch(session, command);
    const completion = { ...told, text: told.text.replace(/^OK /, `OK ${this.#code}`) };
    this.#code = "";
    if (isOpening(command) && session.state.kind === "selected") {
      const { view } = session.state;
      this.announce(view, Math.max(view.largestUid - 1, 0));
    }
    return completion;
  }

  /**
   * Called before the server announces mail with EXISTS. May hide the mail from SEARCH and FETCH
   * for LAG_MS.
   *
   * @param knownUid Only mail above this UID may be hidden.
   */
  announce(view: MailboxView, knownUid: number): void {
    if (this.#isMute || !this.#socket.isOpen || view.largestUid === knownUid) return;
    const lie = this.#chaos.decide(ANNOUNCEMENT_LIES);
    if (lie) view.lagBehind(knownUid, Date.now() + LAG_MS);
  }

  #sayBye(): void {
    this.#write(Buffer.from("* BYE Come back another time\r\n"));
    this.#isMute = true;
    this.#socket.hangUp();
  }

  #write(bytes: Uint8Array): void {
    if (this.#dripping.length > 0) this.#dripping.push(bytes);
    else this.#socket.write(bytes);
  }

  #drip(bytes: Uint8Array): void {
    this.#dripping.push(bytes);
    if (this.#dripping.length === 1) this.#dripOn();
  }

  #dripOn(): void {
    const [first] = this.#dripping;
    if (!first) return;
    this.#socket.write(first.subarray(0, 1));
    if (first.length > 1) this.#dripping[0] = first.subarray(1);
    else this.#dripping.shift();
    setTimeout(() => this.#dripOn(), DRIP_MS);
  }
}

const never = () => new Promise<never>(() => {});

const isOpening = (command: ImapCommand): command is ImapCommand & { name: "SELECT" | "EXAMINE" } =>
  command.name === "SELECT" || command.name === "EXAMINE";

/**
 * Returns the mailbox that SELECT or EXAMINE opens. For any other command, returns the mailbox that
 * is open already.
 */
function pickMailbox({ state }: Session, command: ImapCommand): Mailbox | undefined {
  if (state.kind === "not-authenticated") return undefined;
  if (isOpening(command)) return state.account.find(command.mailbox);
  return state.kind === "selected" ? state.view.mailbox : undefined;
}
