import assert from "node:assert/strict";
import { eventually } from "../harness/eventually.ts";
import type { TestImapServer } from "../imap-server/imap-server.ts";
import type { Receipts } from "./receipts.ts";
import { sendSteadily } from "./send-steadily.ts";

/** Records the sent mails and the received webhooks, and compares them. */
export interface Ledger {
  /** Puts numbered mails into the mailboxes, in turn. */
  send(count: number): void;
  /** Sends this many mails a second until the signal aborts. */
  keepSending(perSecond: number, signal: AbortSignal): Promise<void>;
  /**
   * Returns when each mail was put into its mailbox, on the clock of `performance.now()`. The index
   * is the number of the mail.
   */
  sentAtMs(): readonly number[];
  /**
   * Waits until every mail is delivered. Checks that every signature is right, that each mail has
   * one webhook-id, and that each webhook-id has one body (except timestamp and signature). Returns
   * the numbers of sent mails and of repeated webhooks.
   */
  settle(timeoutMs?: number): Promise<{ sent: number; doubled: number }>;
}

/** Returns the mail address of a login. The logins of users with tokens are already addresses. */
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
