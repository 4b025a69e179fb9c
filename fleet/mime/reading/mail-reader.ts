import { toErrorText } from "../../../shared/errors.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import { type MailProcess, startMailProcess } from "./mail-process.ts";
import type { MailQuestion } from "./mail-question.ts";
import { createPartnerTurns } from "./partner-turns.ts";
import { type MailBudget, type Reading, readInBudget } from "./read-in-budget.ts";
import { readProcessUsage } from "./process-usage.ts";

/**
 * The answer as JSON, or the reason why the mail cannot be read within the budget, such as `it took
 * longer than 5 s`. Reading the mail again would not help.
 */
export type MailAnswer = Exclude<Reading, { kind: "died" }>;

/** Whose mail it is. Partners take turns, so that none delays the others. */
export interface MailOwner {
  partnerId: string;
}

/** Reads untrusted mail in other processes: no mail can block this process or use up its memory. */
export interface MailReader extends AsyncDisposable {
  /**
   * Reads one mail. Rejects with `CannotReadMails` when the mail must be read later. The caller
   * must limit how many mails wait.
   */
  read(question: MailQuestion, raw: Uint8Array, owner: MailOwner): Promise<MailAnswer>;
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
   * One partner may use all processes except one, so that its slow mails do not block other
   * partners.
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
  /** Short enough that an instance that rarely reads a dead letter keeps no idle process. */
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

/**
 * Thrown when the processes could not read mail. The mail is not the cause, and must be read later.
 */
export class CannotReadMails extends Error {
  override readonly name = "CannotReadMails";
}

const stopped = () => new CannotReadMails("Cannot read the mail: the fleet stops");

/**
 * Creates a mail reader. It starts processes when there are mails. It ends processes that are idle,
 * use much memory or are stuck.
 */
export function createMailReader(
  deps: { clock: Clock; log: Log },
  given: Partial<MailReaderSettings> = {},
): MailReader {
  const settings = { ...MAIL_READER, ...given };
  const turns = createPartnerTurns<Work>(Math.max(1, settings.processes - 1));
  /** Idle processes. The one that was used most recently is used first. */
  let idle: { mailProcess: MailProcess; sinceMs: number }[] = [];
  const all = new Set<MailProcess>();
  const closing = new AbortController();
  let busy = 0;
  let sweeping: Promise<void> | undefined;

  function giveOut(): void {
    while (busy < settings.processes && !closing.signal.aborted) {
      const next = turns.take();
      if (!next) return;
      busy++;
      void carryOut(next.partnerId, next.work).finally(() => {
        busy--;
        turns.done(next.partnerId);
        giveOut();
      });
    }
  }

  /**
   * Lets a process read a mail. Never rejects. If the process crashes, another process tries the
   * mail once more, because an earlier mail may have damaged the first process.
   */
  async function carryOut(partnerId: string, work: Work): Promise<void> {
    try {
      const first = await readOnce(work);
      const reading = first.kind === "died" ? await readOnce(work) : first;
      if (reading.kind === "read") return work.resolve(reading);
      if (closing.signal.aborted) throw stopped();
      const reason =
        reading.kind === "died" ? "the process that read it died twice" : reading.reason;
      deps.log.warn("mail.over_budget", {
        partner_id: partnerId,
        reason,
        size_bytes: work.raw.length,
      });
      work.resolve({ kind: "over_budget", reason });
    } catch (error) {
      work.reject(error);
    }
  }

  async function readOnce({ question, raw }: Work): Promise<Reading> {
    if (closing.signal.aborted) throw stopped();
    const mailProcess = idle.pop()?.mailProcess ?? (await start());
    const reading = await readInBudget(deps, mailProcess, { question, raw, budget: settings });
    if (reading.kind === "read") await keep(mailProcess, raw.length);
    return reading;
  }

  async function start(): Promise<MailProcess> {
    const started = await startMailProcess(settings.entry).catch((error: unknown) => {
      throw new CannotReadMails(toErrorText(error), { cause: error });
    });
    if (closing.signal.aborted) await started.kill();
    all.add(started);
    void started.ended.then(() => {
      all.delete(started);
      idle = idle.filter(({ mailProcess }) => mailProcess !== started);
    });
    return started;
  }

  /**
   * Keeps a process for the next mail. Ends it instead if its memory has grown large, since
   * runtimes rarely release memory.
   */
  async function keep(mailProcess: MailProcess, sizeBytes: number): Promise<void> {
    const usage = sizeBytes < LARGE_BYTES ? null : await readProcessUsage(mailProcess.pid);
    if (usage && usage.residentBytes > settings.memoryBytes / 2) return await mailProcess.kill();
    idle.push({ mailProcess, sinceMs: deps.clock.monotonic() });
    sweeping ??= sweepIdle().finally(() => (sweeping = undefined));
  }

  async function sweepIdle(): Promise<void> {
    while (all.size > 0 && !closing.signal.aborted) {
      await deps.clock.sleep(settings.idleMs, closing.signal);
      const oldestMs = deps.clock.monotonic() - settings.idleMs;
      const ended = idle.filter(({ sinceMs }) => sinceMs <= oldestMs);
      idle = idle.filter(({ sinceMs }) => sinceMs > oldestMs);
      await Promise.all(ended.map(({ mailProcess }) => mailProcess.kill()));
    }
  }

  return {
    async read(question, raw, { partnerId }) {
      if (closing.signal.aborted) throw stopped();
      return await new Promise((resolve, reject) => {
        turns.add(partnerId, { question, raw, resolve, reject });
        giveOut();
      });
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      for (const { reject } of turns.clear()) reject(stopped());
      await Promise.all([...all].map((mailProcess) => mailProcess.kill()));
    },
  };
}
