import { createTransport } from "nodemailer";
import { HOST } from "../../../dev/processes/free-port.ts";

/**
 * Opens an LMTP connection to a mail server. There is only one connection, so the mails stay in
 * order.
 */
export function openLmtp(port: number) {
  const transport = { host: HOST, port, lmtp: true, ignoreTLS: true, pool: true } as const;
  const lmtp = createTransport({ ...transport, maxConnections: 1, maxMessages: Infinity });
  return {
    async deliver(login: string, raw: Uint8Array | string): Promise<void> {
      const envelope = { from: "sender@example.org", to: login };
      await lmtp.sendMail({ envelope, raw: Buffer.from(raw) });
    },
    [Symbol.dispose]: () => lmtp.close(),
  };
}
