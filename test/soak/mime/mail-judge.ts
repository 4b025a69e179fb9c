import { Worker } from "node:worker_threads";
import type { MailFault } from "./judge-mail.ts";

/** A mail to judge: the seed that it is made from, or the mail itself. */
export type Question = { seed: number } | { raw: Uint8Array };

/** How the thread ended while it read a mail. */
export interface MailDeath {
  kind: "hung" | "crashed";
  detail: string;
}

export interface MailJudge extends AsyncDisposable {
  /** Judges a mail; null when it has no fault. Must not be called again before it resolves. */
  judge(question: Question): Promise<MailFault | MailDeath | null>;
}

/** The time after which a mail counts as hung: far more than the CPU budget of the largest mail. */
const DEADLINE_MS = 60_000;
const MAX_HEAP_MIB = 512;

/**
 * Judges mails in a separate thread, so that a mail that never ends or uses all memory is a normal
 * finding. A mail that killed the thread is tried once more before it counts.
 */
export function createMailJudge({ deadlineMs = DEADLINE_MS, workerUrl = WORKER } = {}): MailJudge {
  let worker: Worker | undefined;
  const ask = async (question: Question): Promise<MailFault | MailDeath | null> => {
    worker ??= startWorker(workerUrl);
    const answer = await awaitAnswer(worker, question, deadlineMs);
    if (!isDeath(answer)) return answer;
    await worker.terminate();
    worker = undefined;
    return answer;
  };
  return {
    async judge(question) {
      const answer = await ask(question);
      return isDeath(answer) ? await ask(question) : answer;
    },
    async [Symbol.asyncDispose]() {
      await worker?.terminate();
    },
  };
}

const WORKER = new URL("./mail-judge-worker.ts", import.meta.url);

const startWorker = (url: URL) =>
  new Worker(url, { resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB } });

const isDeath = (answer: MailFault | MailDeath | null): answer is MailDeath =>
  answer?.kind === "hung" || answer?.kind === "crashed";

function awaitAnswer(
  worker: Worker,
  question: Question,
  deadlineMs: number,
): Promise<MailFault | MailDeath | null> {
  const { promise, resolve } = Promise.withResolvers<MailFault | MailDeath | null>();
  const onError = (error: Error) => resolve({ kind: "crashed", detail: error.message });
  const timer = setTimeout(
    () => resolve({ kind: "hung", detail: `no end after ${deadlineMs} ms` }),
    deadlineMs,
  );
  worker.once("message", resolve).once("error", onError);
  worker.postMessage(question, []);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.off("message", resolve).off("error", onError);
  });
}
