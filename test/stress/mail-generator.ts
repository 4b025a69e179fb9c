import { sendSteadily } from "../faults/send-steadily.ts";
import type { TestImapServer } from "../imap-server/imap-server.ts";
import { type PlanContext, type PlannedMail, planMail } from "./mail-plan.ts";

/** A mail that was delivered to its mailbox. */
export interface SentMail extends Pick<PlannedMail, "n" | "login" | "messageId" | "fate"> {
  /** In ms of `performance.now()`. */
  sentAtMs: number;
}

/**
 * A `dated_back` mail is dated this long before its delivery: before its user was created, but
 * within the days that a scan searches.
 */
const DATED_BACK_BY_MS = 6 * 3_600_000;

/** Delivers planned mails to the mailboxes until the signal aborts. Adds each to `sent`. */
export function generateMail(
  imap: TestImapServer,
  sent: SentMail[],
  plan: PlanContext & { ratePerS: number },
  signal: AbortSignal,
): Promise<void> {
  const sendOne = () => {
    const { n, login, messageId, fate, raw } = planMail(sent.length, plan);
    const address = `${login}@test`;
    const isDatedBack = fate === "dated_back";
    sent.push({ n, login, messageId, fate, sentAtMs: performance.now() });
    imap.deliver(
      address,
      raw,
      isDatedBack ? { internalDate: new Date(Date.now() - DATED_BACK_BY_MS) } : {},
    );
    if (fate === "repeated") imap.deliver(address, raw);
  };
  const send = (count: number) => {
    for (let i = 0; i < count; i++) sendOne();
  };
  return sendSteadily(plan.ratePerS, send, signal);
}
