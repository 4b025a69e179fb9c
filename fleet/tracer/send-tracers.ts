import type { Db } from "../../db/client.ts";
import { failTracer, insertTracer } from "../../db/tracers/tracer-stages.ts";
import type { TracerUser } from "../../db/tracers/tracer-users.ts";
import type { Clock } from "../../shared/clock.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import type { Account } from "../mailbox/login/account.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { describeRefusal, isRefusal } from "./describe-refusal.ts";
import {
  openSubmission,
  type Submission,
  type SubmissionDeps,
  type SubmissionSettings,
} from "./open-submission.ts";
import { toTracerMail } from "./tracer-mail.ts";
import type { TracerSignatures } from "./tracer-signatures.ts";

export interface SendDeps extends SubmissionDeps {
  db: Db;
  clock: Clock;
  log: Log;
  metrics: Pick<Metrics, "tracers">;
  signatures: TracerSignatures;
  /** Called before each tracer, to show that the work makes progress. */
  goesOn?(): void;
}

export interface SendSettings extends SubmissionSettings {
  /** How many tracers one call of `sendTracers()` sends, one after another. */
  tracers: number;
}

/** A user that sends tracers to itself. */
export interface Sender {
  user: TracerUser;
  account: Account;
}

interface Tracer {
  uid: string;
  userId: string;
  sentAt: Date;
  deliveryTest: boolean;
}

/**
 * Sends tracers from a user's account to itself. Tracers are mails that measure latency. If one
 * cannot be sent, writes the reason to its row, stops and resolves. So the next tracers follow one
 * interval later. Rejects when the row of a tracer cannot be inserted.
 */
export async function sendTracers(
  deps: SendDeps,
  settings: SendSettings,
  sender: Sender,
  signal: AbortSignal,
): Promise<void> {
  using opened = new DisposableStack();
  let submission: Submission | undefined;
  const { userId, tracers } = sender.account;
  for (let count = 0; count < settings.tracers && !signal.aborted; count++) {
    deps.goesOn?.();
    const tracer: Tracer = {
      uid: crypto.randomUUID(),
      userId,
      sentAt: new Date(deps.clock.now()),
      deliveryTest: tracers === "delivered",
    };
    await insertTracer(deps.db, tracer);
    try {
      submission ??= opened.use(await openSubmission(deps, settings, sender, signal));
      await send(deps, submission, tracer, signal);
    } catch (error) {
      await recordFailure(deps, tracer, error, signal);
      return;
    }
  }
}

async function send(
  { signatures, metrics, clock, log }: SendDeps,
  submission: Submission,
  { uid, userId, sentAt }: Tracer,
  signal: AbortSignal,
): Promise<void> {
  const signature = await signatures.sign({ uid, userId });
  await submission.send(toTracerMail({ uid, signature, address: submission.address }), signal);
  metrics.tracers.inc({ result: "sent" });
  log.info("tracer.sent", { user_id: userId, duration_ms: clock.now() - sentAt.getTime() });
}

/** Records a failed tracer. Does not reject: otherwise the tracers would be sent again at once. */
async function recordFailure(
  { db, log, metrics }: SendDeps,
  { uid, userId }: Tracer,
  cause: unknown,
  signal: AbortSignal,
): Promise<void> {
  const error = signal.aborted ? "this instance was stopped" : describeRefusal(cause);
  if (!signal.aborted) {
    metrics.tracers.inc({ result: "failed" });
    if (isRefusal(cause)) log.warn("tracer.refused", { user_id: userId, error });
    else log.error("tracer.failed", { user_id: userId, error: toErrorText(cause) });
  }
  try {
    await failTracer(db, { uid, userId, error });
  } catch (fault) {
    log.warn("tracer.not_recorded", { user_id: userId, error: toErrorText(fault) });
  }
}
