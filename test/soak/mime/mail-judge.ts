import { Worker } from "node:worker_threads";
import type { MailFault } from "./judge-mail.ts";

/** A mail to judge: the mail itself, or the seed from which it is generated. */
export type Question = { seed: number } | { raw: Uint8Array };

/** Describes how a mail made the judge's thread hang or crash. */
export interface MailDeath {
  kind: "hung" | "crashed";
  detail: string;
}

export interface MailJudge extends AsyncDisposable {
  /**
   * Returns the fault of a mail. Null means that the mail has no fault. Callers must wait for the
   * result of one call before the next call.
   */
  judge(question: Question): Promise<MailFault | MailDeath | null>;
}

/**
 * A mail that takes longer than this is reported as hung. The limit is far above the CPU time that
 * the largest mail may take.
 */
const DEADLINE_MS = 60_000;
const MAX_HEAP_MIB = 512;

/**
 * Judges mails in a thread, so that an endless loop or a lack of memory becomes a finding. A mail
 * that makes the thread fail is judged once more in a new thread.
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
