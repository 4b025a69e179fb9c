import { messageOf } from "../../../shared/errors.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import { type MailProcess, startMailProcess } from "./mail-process.ts";
import type { MailQuestion } from "./mail-question.ts";
import { createPartnerTurns } from "./partner-turns.ts";
import { type MailBudget, type Reading, readInBudget } from "./read-in-budget.ts";
import { usageOf } from "./process-usage.ts";

/** An answer as JSON, or why reading the mail takes too much, and would again: `it took longer than 5 s`. */
export type MailAnswer = Exclude<Reading, { kind: "died" }>;

/** Whose mail it is. Partners take turns. */
export interface MailOwner {
  partnerId: string;
}

/** Reads strangers' mails apart from this process: no mail stops it, or takes its memory. */
export interface MailReader extends AsyncDisposable {
  /** Rejects with `CannotReadMails`. Those who ask bound how many wait. */
  read(question: MailQuestion, raw: Uint8Array, owner: MailOwner): Promise<MailAnswer>;
}

export interface MailReaderSettings extends MailBudget {
  processes: number;
  /** A process that read nothing for so long is ended. */
  idleMs: number;
  /** What the processes run; by default what reads mails. */
  entry?: string;
}

const MAIL_READER: MailReaderSettings = {
  /** One partner has all but one of them at most, so that its slow mails leave a process to the others. */
  processes: 2,
  /** The slowest mail that was found takes one. */
  cpuMs: 5_000,
  deadlineMs: 30_000,
  /** The largest that was found takes 200 MiB; both processes at once are to fit beside the fleet. */
  memoryBytes: 384 * 2 ** 20,
  /** An instance that reads a dead letter now and then keeps no process for it. */
  idleMs: 60_000,
};

/** Smaller mails take no memory to speak of. */
const LARGE_BYTES = 64 * 1_024;

interface Work {
  question: MailQuestion;
  raw: Uint8Array;
  resolve(answer: MailAnswer): void;
  reject(error: unknown): void;
}

/** Nothing is known of the mail: it is to be read later. */
export class CannotReadMails extends Error {
  override readonly name = "CannotReadMails";
}

const stopped = () => new CannotReadMails("Cannot read the mail: the fleet stops");

/** Starts processes when there are mails, and ends those that are idle, large or stuck. */
export function createMailReader(
  deps: { clock: Clock; log: Log },
  given: Partial<MailReaderSettings> = {},
): MailReader {
  const settings = { ...MAIL_READER, ...given };
  const turns = createPartnerTurns<Work>(Math.max(1, settings.processes - 1));
  /** The one that was used last is the next. */
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

  /** Never rejects. A process that dies of a mail may have died of the one before: it is tried once more. */
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
      throw new CannotReadMails(messageOf(error), { cause: error });
    });
    if (closing.signal.aborted) await started.kill();
    all.add(started);
    void started.ended.then(() => {
      all.delete(started);
      idle = idle.filter(({ mailProcess }) => mailProcess !== started);
    });
    return started;
  }

  /** Runtimes seldom give memory back: what a large mail took is freed with its process. */
  async function keep(mailProcess: MailProcess, sizeBytes: number): Promise<void> {
    const usage = sizeBytes < LARGE_BYTES ? null : await usageOf(mailProcess.pid);
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
