import assert from "node:assert/strict";
import { eventually } from "../harness/eventually.ts";
import type { TestImapServer } from "../imap-server/imap-server.ts";
import type { Receipts } from "./receipts.ts";
import { sendSteadily } from "./send-steadily.ts";

/** Records the sent mails and the received webhooks, and compares them. */
export interface Ledger {
  /** Puts numbered mails into the mailboxes, in turn. */
  send(count: number): void;
  /** Sends so many a second until the signal. */
  keepSending(perSecond: number, signal: AbortSignal): Promise<void>;
  /**
   * The time at which each mail was put into its mailbox, by its number, on the clock of
   * `performance.now()`.
   */
  sentAtMs(): readonly number[];
  /**
   * Waits until every mail is delivered, and checks the webhooks: every signature, and one body for
   * each webhook-id (except timestamp and signature). Returns the number of repeated webhooks.
   */
  settle(timeoutMs?: number): Promise<{ sent: number; doubled: number }>;
}

/** Logins with tokens are already addresses. */
export const toMailAddress = (login: string) => (login.includes("@") ? login : `${login}@test`);

export function newLedger(
  imap: TestImapServer,
  receipts: Receipts,
  logins: readonly string[],
): Ledger {
  const sentAtMs: number[] = [];
  const send = (count: number) => {
    for (let i = 0; i < count; i++) {
      const n = sentAtMs.length;
      sentAtMs.push(performance.now());
      const to = toMailAddress(logins[n % logins.length] ?? "");
      imap.deliver(to, `From: a@test\r\nTo: ${to}\r\nSubject: mail ${n}\r\n\r\nHello ${n}\r\n`);
    }
  };

  return {
    send,
    keepSending: (perSecond, signal) => sendSteadily(perSecond, send, signal),
    sentAtMs: () => sentAtMs,
    async settle(timeoutMs = 90_000) {
      const sent = sentAtMs.length;
      const isComplete = () => (receipts.count() === sent ? true : undefined);
      await eventually(`${sent} mails to arrive`, isComplete, timeoutMs).catch((cause: unknown) => {
        throw new Error(`${sent - receipts.count()} of ${sent} mails are lost`, { cause });
      });
      const { webhooks: _, doubled, ...wrong } = receipts.totals();
      assert.deepEqual(wrong, { forged: 0, idsWithTwoBodies: 0, mailsWithTwoIds: 0 });
      return { sent, doubled };
    },
  };
}
