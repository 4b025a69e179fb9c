import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import type { Accounts } from "./accounts/accounts.ts";
import { deliverRaw } from "./accounts/delivery.ts";
import type { Listener } from "./listener.ts";

const MAX_MAIL_BYTES = 10 * 1024 * 1024;

/**
 * Starts an SMTP server that delivers mail to the accounts, without additional headers. A login is
 * optional, but a wrong one is refused. There is no STARTTLS, because clients would not trust the
 * certificate.
 */
export async function startSmtp(
  accounts: Accounts,
  { host, port }: { host: string; port: number },
): Promise<Listener> {
  const receive = async (stream: SMTPServerDataStream, { envelope }: SMTPServerSession) => {
    const raw = await buffer(stream);
    if (stream.sizeExceeded) throw refusal(552, `The mail is larger than ${MAX_MAIL_BYTES} bytes`);
    for (const { address } of envelope.rcptTo) deliverRaw(accounts.getByAddress(address), raw);
  };
  const smtp = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    size: MAX_MAIL_BYTES,
    closeTimeout: 1,
    onAuth({ username, password }, _session, done) {
      const account = accounts.authenticate(username ?? "", password ?? "");
      if (account) done(null, { user: account.login });
      else done(refusal(535, "Authentication failed"));
    },
    onRcptTo({ address }, _session, done) {
      done(
        accounts.findByAddress(address)
          ? null
          : refusal(550, `No mailbox here has the address ${address}`),
      );
    },
    onData(stream, session, done) {
      receive(stream, session).then(() => done(null, "Delivered"), done);
    },
  });
  // Ignores errors of clients, such as a reset. If listening fails, `once()` below rejects.
  smtp.on("error", () => undefined);
  const server = smtp.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => smtp.close(resolve)),
  };
}

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
