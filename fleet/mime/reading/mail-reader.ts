import { toErrorText } from "../../../shared/errors.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import { type MailProcess, startMailProcess } from "./mail-process.ts";
import type { MailQuestion } from "./mail-question.ts";
import { createPartnerTurns, type PartnerTurns } from "./partner-turns.ts";
import { type MailBudget, type Reading, readInBudget } from "./read-in-budget.ts";
import { readProcessUsage } from "./process-usage.ts";

/**
 * The answer as JSON, or why the mail exceeds the budget, such as `it took longer than 5 s`.
 * Reading such a mail again does not help.
 */
export type MailAnswer = Exclude<Reading, { kind: "died" }>;

/** Whose mail it is. Partners take turns, so that none delays the others. */
export interface MailOwner {
  partnerId: string;
}

interface MailReaderDeps {
  clock: Clock;
  log: Log;
}

export interface MailReaderSettings extends MailBudget {
  processes: number;
  /** A process that was idle for this long is ended. */
  idleMs: number;
  /** The entry file of the processes. Default: roles/mail-process.ts. */
  entry?: string;
}

const MAIL_READER: MailReaderSettings = {
  /**
   * One partner may use all processes except one. With two processes, slow mails of one partner do
   * not block other partners.
   */
  processes: 2,
  /** The slowest known mail takes one second. */
  cpuMs: 5_000,
  deadlineMs: 30_000,
  /**
   * The highest known use is 200 MiB. The fleet and both processes must fit into the machine's
   * memory.
   */
  memoryBytes: 384 * 2 ** 20,
  /** An instance that reads a mail only now and then should not keep an idle process. */
  idleMs: 60_000,
};

/** A mail of this size or more counts as large. Smaller mails take very little memory. */
const LARGE_BYTES = 64 * 1_024;

interface Work {
  question: MailQuestion;
  raw: Uint8Array;
  resolve(answer: MailAnswer): void;
  reject(error: unknown): void;
}

/** Thrown when the processes cannot read mail. The mail is not the cause: read it again later. */
export class CannotReadMails extends Error {
  override readonly name = "CannotReadMails";
}

const stopped = () => new CannotReadMails("Cannot read the mail: the fleet stops");

/**
 * Reads untrusted mail in other processes. So no mail can block this process or use up its memory.
 * Starts processes on demand. Ends idle, large and stuck ones.
 */
export class MailReader implements AsyncDisposable {
  readonly #deps: MailReaderDeps;
  readonly #settings: MailReaderSettings;
  readonly #turns: PartnerTurns<Work>;
  readonly #all = new Set<MailProcess>();
  readonly #closing = new AbortController();
  /** Idle processes. The one that was used most recently is used first. */
  #idle: { mailProcess: MailProcess; sinceMs: number }[] = [];
  #busy = 0;
  #isSweeping = false;

  constructor(deps: MailReaderDeps, given: Partial<MailReaderSettings> = {}) {
    this.#deps = deps;
    this.#settings = { ...MAIL_READER, ...given };
    this.#turns = createPartnerTurns(Math.max(1, this.#settings.processes - 1));
  }

  /**
   * Reads one mail. The callers limit how many mails wait.
   *
   * @throws {CannotReadMails} when no process can be started, or the fleet stops.
   */
  async read(
    question: MailQuestion,
    raw: Uint8Array,
    { partnerId }: MailOwner,
  ): Promise<MailAnswer> {
    this.#throwIfClosing();
    return await new Promise((resolve, reject) => {
      this.#turns.add(partnerId, { question, raw, resolve, reject });
      this.#giveOut();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    for (const { reject } of this.#turns.clear()) reject(stopped());
    await Promise.all([...this.#all].map((mailProcess) => mailProcess.kill()));
  }

  #giveOut(): void {
    while (this.#busy < this.#settings.processes && !this.#closing.signal.aborted) {
      const next = this.#turns.take();
      if (!next) return;
      this.#busy++;
      void this.#carryOut(next.partnerId, next.work).finally(() => {
        this.#busy--;
        this.#turns.done(next.partnerId);
        this.#giveOut();
      });
    }
  }

  /**
   * Reads a mail in a process. Never rejects. After a crash, a second process reads the mail: an
   * earlier mail may have damaged the first process.
   */
  async #carryOut(partnerId: string, work: Work): Promise<void> {
    try {
      const first = await this.#readOnce(work);
      const reading = first.kind === "died" ? await this.#readOnce(work) : first;
      if (reading.kind === "read") return work.resolve(reading);
      this.#throwIfClosing();
      const reason =
        reading.kind === "died" ? "the process that read it died twice" : reading.reason;
      this.#deps.log.warn("mail.over_budget", {
        partner_id: partnerId,
        reason,
        size_bytes: work.raw.length,
      });
      work.resolve({ kind: "over_budget", reason });
    } catch (error) {
      work.reject(error);
    }
  }

  async #readOnce({ question, raw }: Work): Promise<Reading> {
    this.#throwIfClosing();
    const mailProcess = this.#idle.pop()?.mailProcess ?? (await this.#start());
    const work = { question, raw, budget: this.#settings };
    const reading = await readInBudget(this.#deps, mailProcess, work);
    if (reading.kind === "read") await this.#keep(mailProcess, raw.length);
    return reading;
  }

  async #start(): Promise<MailProcess> {
    const started = await startMailProcess(this.#settings.entry).catch((error: unknown) => {
      throw new CannotReadMails(toErrorText(error), { cause: error });
    });
    if (this.#closing.signal.aborted) await started.kill();
    this.#all.add(started);
    void started.ended.then(() => {
      this.#all.delete(started);
      this.#idle = this.#idle.filter(({ mailProcess }) => mailProcess !== started);
    });
    return started;
  }

  /**
   * Keeps a process for the next mail. Ends a process that uses much memory, because runtimes
   * rarely release memory.
   */
  async #keep(mailProcess: MailProcess, sizeBytes: number): Promise<void> {
    const usage = sizeBytes < LARGE_BYTES ? null : await readProcessUsage(mailProcess.pid);
    if (usage && usage.residentBytes > this.#settings.memoryBytes / 2)
      return await mailProcess.kill();
    this.#idle.push({ mailProcess, sinceMs: this.#deps.clock.monotonic() });
    if (!this.#isSweeping) void this.#sweepIdle().finally(() => (this.#isSweeping = false));
  }

  async #sweepIdle(): Promise<void> {
    const { clock } = this.#deps;
    const { idleMs } = this.#settings;
    this.#isSweeping = true;
    while (this.#all.size > 0 && !this.#closing.signal.aborted) {
      await clock.sleep(idleMs, this.#closing.signal);
      const oldestMs = clock.monotonic() - idleMs;
      const ended = this.#idle.filter(({ sinceMs }) => sinceMs <= oldestMs);
      this.#idle = this.#idle.filter(({ sinceMs }) => sinceMs > oldestMs);
      await Promise.all(ended.map(({ mailProcess }) => mailProcess.kill()));
    }
  }

  #throwIfClosing(): void {
    if (this.#closing.signal.aborted) throw stopped();
  }
}
