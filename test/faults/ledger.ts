import { expect } from "vitest";
import type { Sink } from "../../dev/sink.ts";
import { eventually } from "../harness/eventually.ts";
import type { ImapServer } from "../imap-server/imap-server.ts";

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
  /** Webhook ids by mail, as they came. */
  idOf(n: number): string | undefined;
}

const TICK_MS = 20;

export function newLedger(imap: ImapServer, sink: Sink, logins: readonly string[]): Ledger {
  const bodies = new Map<string, Set<string>>();
  const idByMail = new Map<number, string>();
  let received = 0;
  let forged = 0;
  let sent = 0;
  sink.listen(({ body, headers, verified }) => {
    const { timestamp: _, signature: __, ...rest } = JSON.parse(body);
    const id = String(headers["webhook-id"]);
    bodies.set(id, (bodies.get(id) ?? new Set()).add(JSON.stringify(rest)));
    idByMail.set(Number(/^Subject: mail (\d+)$/m.exec(rest.rfc822)?.[1]), id);
    received++;
    if (!verified) forged++;
  }, new AbortController().signal);

  const send = (count: number) => {
    for (let i = 0; i < count; i++) {
      const n = sent++;
      const to = `${logins[n % logins.length]}@test`;
      imap.deliver(to, `From: a@test\r\nTo: ${to}\r\nSubject: mail ${n}\r\n\r\nHello ${n}\r\n`);
    }
  };

  return {
    send,
    async keepSending(perSecond, signal) {
      const startMs = performance.now();
      for (let done = 0; !signal.aborted;) {
        const due = Math.floor(((performance.now() - startMs) / 1_000) * perSecond);
        send(due - done);
        done = due;
        await new Promise((resolve) => setTimeout(resolve, TICK_MS));
      }
    },
    async settle(timeoutMs = 90_000) {
      const complete = () => (idByMail.size === sent ? true : undefined);
      await eventually(`${sent} mails to arrive`, complete, timeoutMs).catch((cause: unknown) => {
        throw new Error(`${sent - idByMail.size} of ${sent} mails are lost`, { cause });
      });
      expect(forged).toBe(0);
      expect(new Set(idByMail.values()).size).toBe(sent);
      expect([...bodies].filter(([, versions]) => versions.size > 1)).toEqual([]);
      return { sent, doubled: received - bodies.size };
    },
    idOf: (n) => idByMail.get(n),
  };
}
