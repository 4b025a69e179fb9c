import assert from "node:assert/strict";
import { eventually } from "../harness/eventually.ts";
import type { TestImapServer } from "../imap-server/imap-server.ts";
import type { Receipts } from "./receipts.ts";
import { sendSteadily } from "./send-steadily.ts";

/** Sends mails, and compares them with the webhooks that the partner receives. */
export interface Ledger {
  /**
   * Puts this many numbered mails into the mailboxes. Each mail goes to the next mailbox in turn.
   */
  send(count: number): void;
  /** Sends this many mails per second until the signal aborts. */
  keepSending(perSecond: number, signal: AbortSignal): Promise<void>;
  /**
   * Returns the time at which each mail was put into its mailbox, in ms of `performance.now()`. The
   * index is the mail's number.
   */
  sentAtMs(): readonly number[];
  /**
   * Waits until every mail is delivered. Expects valid signatures, one webhook-id per mail, and one
   * body per webhook-id (except timestamp and signature). `doubled` counts the webhooks that
   * repeated an earlier one.
   */
  settle(timeoutMs?: number): Promise<{ sent: number; doubled: number }>;
}

/** Returns the mail address of a login. The login of a user with tokens is already an address. */
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
