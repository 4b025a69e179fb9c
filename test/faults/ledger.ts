import assert from "node:assert/strict";
import { eventually } from "../harness/eventually.ts";
import type { ImapServer } from "../imap-server/imap-server.ts";
import type { Receipts } from "./receipts.ts";
import { sendSteadily } from "./send-steadily.ts";

/** What was sent, what came, and whether the two agree. */
export interface Ledger {
  /** Puts numbered mails into the mailboxes, in turn. */
  send(count: number): void;
  /** Sends so many a second until the signal. */
  keepSending(perSecond: number, signal: AbortSignal): Promise<void>;
  /**
   * Waits until every mail has come, and checks what came: every signature, and one body for each
   * webhook-id (but for its timestamp and signature). Returns how many came again.
   */
  settle(timeoutMs?: number): Promise<{ sent: number; doubled: number }>;
}

export function newLedger(imap: ImapServer, receipts: Receipts, logins: readonly string[]): Ledger {
  let sent = 0;
  const send = (count: number) => {
    for (let i = 0; i < count; i++) {
      const n = sent++;
      const to = `${logins[n % logins.length]}@test`;
      imap.deliver(to, `From: a@test\r\nTo: ${to}\r\nSubject: mail ${n}\r\n\r\nHello ${n}\r\n`);
    }
  };

  return {
    send,
    keepSending: (perSecond, signal) => sendSteadily(perSecond, send, signal),
    async settle(timeoutMs = 90_000) {
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
