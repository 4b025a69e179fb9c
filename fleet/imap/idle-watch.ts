import { ACCOUNTED_UIDS, AccountedUids } from "./accounted-uids.ts";
import { MAX_BODY_BYTES } from "./fetched-mail.ts";
import { AnnouncedMail } from "./announced-mail.ts";
import { AnswerLimits } from "./answer-limits.ts";
import { judgeReading } from "./judge-reading.ts";
import { readThrottleMs } from "./read-throttle.ts";
import { readResponse, type Response, type ResponseCode } from "./responses/response.ts";
import { ResponseReader } from "./responses/response-reader.ts";
import { toUint32 } from "./responses/uint32.ts";
import type {
  IdleWatchHost,
  IdleWatchSettings,
  RestReason,
  WatchedMailbox,
  WatchEnd,
} from "./idle-watch-host.ts";
import type { UidRange } from "./responses/uid-set.ts";
import { WatchAnswers } from "./watch-answers.ts";
import { type WatchCommand, WatchCommands } from "./watch-commands.ts";

/**
 * What the watch does:
 *
 * - `idling`: only IDLE is running.
 * - `looking`: searches for UIDs after the cursor, and for the last 200 UIDs up to the cursor.
 * - `reading`: fetches new mail.
 * - `resting`: hands the connection to ImapFlow as soon as no command is running.
 * - `done`: has handed the connection to ImapFlow, or has ended.
 */
type Phase = "idling" | "looking" | "reading" | "resting" | "done";

const LIMITS = {
  lineBytes: 64 * 1_024,
  // RFC 9051, 6.4.5: `<0.n>` asks for at most n bytes.
  literalBytes: MAX_BODY_BYTES,
  responseBytes: 2 * MAX_BODY_BYTES,
};

/**
 * Watches one open mailbox with IDLE (RFC 2177), after all existing mail was read:
 *
 *   idling → (EXISTS) → reading → idling
 *   idling → (the deadline) → looking → idling, or reading
 *   any → (anything unusual) → resting → done: the full client (ImapFlow) continues
 *   any → (BYE, silence, a broken limit) → done
 *
 * Reading new mail takes one write: DONE, SEARCH, FETCH and IDLE together (RFC 9051, 5.5). SEARCH
 * lists every new UID, so the watch notices a mail that FETCH leaves out.
 */
export class IdleWatch {
  readonly #host: IdleWatchHost;
  readonly #commandMs: number;
  readonly #lookMs: number;
  readonly #reader = new ResponseReader(LIMITS);
  readonly #accounted = new AccountedUids();
  readonly #uidValidity: number;
  readonly #hasLabels: boolean;
  readonly #announced: AnnouncedMail;
  readonly #limits: AnswerLimits;
  #lastUid: number;
  #phase: Phase = "idling";
  readonly #commands = new WatchCommands();
  /** Whether the server confirmed the running IDLE, with `+`. */
  #isIdling = false;
  /** Whether DONE was sent for the running IDLE. */
  #isDoneSent = false;
  /** Whether the host must still call `read()`, or `onRecorded()`. */
  #isWithHost = false;
  #why: RestReason = "asked";
  /** The answers to SEARCH and FETCH so far; null while none are expected. */
  #answers: WatchAnswers | null = null;

  constructor(host: IdleWatchHost, settings: IdleWatchSettings, mailbox: WatchedMailbox) {
    this.#host = host;
    // Keeps the numbers only. A reference to the objects would keep the list of present UIDs, too.
    this.#commandMs = settings.commandMs;
    this.#lookMs = settings.lookMs;
    this.#uidValidity = mailbox.uidValidity;
    this.#hasLabels = mailbox.hasLabels;
    this.#lastUid = mailbox.lastUid;
    this.#announced = new AnnouncedMail(mailbox.exists);
    this.#limits = new AnswerLimits(settings.commandMs);
    for (const uid of mailbox.present) this.#accounted.add(uid);
  }

  get uidValidity(): number {
    return this.#uidValidity;
  }

  get lastUid(): number {
    return this.#lastUid;
  }

  /**
   * Whether the last SEARCH found no mail after `lastUid`, and no announced mail is missing. Valid
   * in `onLooked()` and `onMails()`.
   */
  get hasFoundAll(): boolean {
    return this.#announced.isFound;
  }

  /**
   * Sends the first IDLE. Call it only once, while the mailbox is open and no command is running.
   */
  begin(): void {
    this.#send("idling", "idle");
  }

  /** Handles bytes from the server. Keeps no reference to the chunk. */
  receive(chunk: Uint8Array): void {
    if (this.#phase === "done") return;
    this.#limits.add(chunk.length);
    const excess = this.#reader.read(chunk, (raw) => {
      if (this.#phase !== "done") this.#onResponse(readResponse(raw));
    });
    if (excess === "lineBytes" && this.isAsking) this.#end({ why: "line_too_long" });
    else if (excess !== null && this.#phase === "reading") this.#end({ why: "part_ignored" });
    else if (excess !== null || this.#limits.isTooMuch) this.#end({ why: "too_much_sent" });
    else this.#finishRest();
  }

  /** The host calls this when the deadline of `setDeadline()` has passed. */
  onDue(): void {
    if (this.#phase === "done") return;
    if (this.#isWaiting) {
      if (this.#isWithHost) this.#host.setDeadline(this, this.#lookMs);
      else this.#send("looking", "search", "idle");
      return;
    }
    const moreMs = this.#limits.extendMs();
    if (moreMs > 0) this.#host.setDeadline(this, moreMs);
    else this.#end({ why: "silent" });
  }

  /**
   * Reads new mail. The host calls this after `onAnnounced()`, within its limit of concurrent
   * reads.
   *
   * @returns false when nothing is read, because the watch rests or has ended.
   */
  read(): boolean {
    if (!this.#isWaiting) {
      this.#isWithHost = false;
      return false;
    }
    this.#announced.onReadBegun();
    this.#send("reading", "search", "fetch", "idle");
    return true;
  }

  /** Call when all mails of `onMails()` are recorded, including skipped ones. */
  onRecorded(): void {
    this.#isWithHost = false;
    this.#askToRead();
  }

  /** Ends IDLE. The host gets `onRest()` when ImapFlow, the full client, can use the connection. */
  rest(why: RestReason = "asked"): void {
    if (this.#phase === "done" || this.#phase === "resting") return;
    this.#why = why;
    this.#phase = "resting";
    this.#answers = null;
    this.#endIdle();
  }

  /** Sends DONE, if IDLE is confirmed and DONE was not sent yet. */
  #endIdle(): void {
    if (!this.#isIdling || this.#isDoneSent) return;
    this.#isDoneSent = true;
    this.#write("DONE\r\n");
  }

  /**
   * Ends a resting watch. Does nothing while a command is running or a response is incomplete:
   * ImapFlow must begin between two responses.
   */
  #finishRest(): void {
    if (this.#phase !== "resting" || this.#commands.count > 0 || !this.#reader.isEmpty) return;
    this.#phase = "done";
    this.#host.onRest(this, this.#why);
  }

  #end(end: WatchEnd): void {
    if (this.#phase === "done") return;
    this.#phase = "done";
    this.#host.onEnd(this, end);
  }

  /** Whether the server is answering SEARCH or FETCH. */
  get isAsking(): boolean {
    return this.#phase === "looking" || this.#phase === "reading";
  }

  /** Whether a confirmed IDLE is the only running command. */
  get #isWaiting(): boolean {
    return this.#phase === "idling" && this.#isIdling;
  }

  /** The UID at which SEARCH begins in the phase `looking`. */
  get #firstKnownUid(): number {
    return Math.max(this.#lastUid - ACCOUNTED_UIDS + 1, 1);
  }

  #askToRead(): void {
    if (!this.#announced.isWaiting || !this.#isWaiting || this.#isWithHost) return;
    this.#isWithHost = true;
    this.#host.onAnnounced(this);
  }

  #send(phase: Phase, ...commands: WatchCommand[]): void {
    this.#phase = phase;
    this.#answers = phase === "idling" ? null : new WatchAnswers();
    const fetchFrom = this.#lastUid + 1;
    const looksBack = phase === "looking" || this.#accounted.isCheckDue;
    if (looksBack) this.#accounted.onCheck();
    const searchFrom = looksBack ? this.#firstKnownUid : fetchFrom;
    const hasLabels = this.#hasLabels;
    const done = this.#isIdling ? "DONE\r\n" : "";
    const text = this.#commands.start(commands, { searchFrom, fetchFrom, hasLabels });
    this.#isIdling = false;
    this.#isDoneSent = false;
    this.#write(done + text);
  }

  #write(text: string): void {
    this.#limits.begin();
    this.#host.setDeadline(this, this.#commandMs);
    this.#host.write(this, text);
  }

  #onResponse(response: Response): void {
    switch (response.kind) {
      case "continuation":
        return this.#onContinuation();
      case "tagged":
        return this.#onTagged(response);
      case "status":
        return this.#onStatus(response);
      case "exists":
        return this.#onExists(response.count);
      case "expunge":
        return this.#announced.onExpunge();
      case "search":
        if (this.#answers?.addFound(response.uids) === false) this.rest("many_mails");
        return;
      case "fetch":
        return this.#onFetched(response.items);
      case "unreadable":
        return this.rest("unreadable");
      case "other":
        return;
    }
  }

  #onContinuation(): void {
    // IDLE is always the last command, so its `+` comes after all other commands have ended. Any
    // other `+` is ignored: some servers repeat it. If no `+` comes, onDue() ends the watch.
    if (this.#commands.count !== 1 || this.#isIdling) return;
    this.#isIdling = true;
    if (this.#phase === "resting") return this.#endIdle();
    this.#phase = "idling";
    this.#host.setDeadline(this, this.#announced.lookAgainMs ?? this.#lookMs);
    this.#askToRead();
  }

  #onTagged({ tag, result, code, text }: Extract<Response, { kind: "tagged" }>): void {
    const command = this.#commands.complete(tag);
    if (command === null) return this.#end({ why: "out_of_step" });
    if (this.#commands.count === 0) this.#isIdling = false;
    const pauseMs = result === "OK" ? null : readThrottleMs(text);
    if (pauseMs !== null) this.#end({ why: "throttled", pauseMs });
    else if (this.#isRenumbered(code)) this.rest("renumbered");
    else if (result !== "OK") this.rest(command === "idle" ? "idle_refused" : "command_refused");
    else this.#onCompleted(command);
  }

  #onCompleted(command: WatchCommand): void {
    switch (command) {
      case "idle":
        // DONE is sent only together with other commands, or before a rest. So if no other command
        // is running, the server ended IDLE by itself.
        if (this.#commands.count === 0) this.rest("idle_ended");
        return;
      case "search":
        if (this.#phase === "looking") this.#finishLook();
        return;
      case "fetch":
        if (this.#phase === "reading") this.#finishReading();
    }
  }

  #onStatus({ status, code, text }: Extract<Response, { kind: "status" }>): void {
    if (status === "BYE") this.#end({ why: "closed_by_server", code, text });
    else if (this.#isRenumbered(code)) this.rest("renumbered");
  }

  #isRenumbered(code: ResponseCode | null): boolean {
    return code?.name === "UIDVALIDITY" && toUint32(code.argument) !== this.#uidValidity;
  }

  #onExists(count: number): void {
    if (!this.#announced.onExists(count)) return;
    if (this.#announced.isTooMuch) this.rest("many_mails");
    else this.#askToRead();
  }

  #onFetched(items: Parameters<WatchAnswers["addRow"]>[0]): void {
    if (this.#phase !== "reading") return;
    const wanted = { after: this.#lastUid, hasLabels: this.#hasLabels };
    if (this.#answers?.addRow(items, wanted) === false) this.rest("many_mails");
  }

  #finishLook(): void {
    const { found = [] } = this.#answers ?? {};
    this.#answers = null;
    this.#announced.onLooked({ isNew: found.some(({ last }) => last > this.#lastUid) });
    if (this.#isBehind(found)) this.rest("mail_behind");
    else this.#host.onLooked(this);
  }

  /** Whether a search found mail that was not there when the cursor passed its UID. */
  #isBehind(found: readonly UidRange[]): boolean {
    return !this.#accounted.hasAll(found, this.#firstKnownUid, this.#lastUid);
  }

  #finishReading(): void {
    const { found, mails } = this.#answers ?? new WatchAnswers();
    this.#answers = null;
    if (this.#isBehind(found)) return this.rest("mail_behind");
    const verdict = judgeReading({ lastUid: this.#lastUid, found, mails });
    switch (verdict.kind) {
      case "nothing":
        this.#announced.onNothingRead();
        this.#isWithHost = false;
        return this.#host.onLooked(this);
      case "unusual":
        return this.rest(verdict.why);
      case "mails":
        this.#announced.onRead(verdict.mails.length, verdict.isMore);
        this.#accounted.advance(this.#lastUid, verdict.lastUid);
        for (const { uid } of verdict.mails) this.#accounted.add(uid);
        this.#lastUid = verdict.lastUid;
        this.#host.onMails(this, verdict.mails, verdict.lastUid);
    }
  }
}
