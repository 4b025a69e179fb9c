import type { SecureContext } from "node:tls";
import type { TracerUser } from "../../db/tracers/tracer-users.ts";
import { findDialAddress } from "../dialling/dial-address.ts";
import type { ImapTimeouts } from "../mailbox/imap/imap-client.ts";
import type { Account } from "../mailbox/login/account.ts";
import { type CredentialDeps, openCredentials } from "../mailbox/login/open-credentials.ts";
import { NotSendable } from "./describe-refusal.ts";
import { createSmtpTransport } from "./smtp-transport.ts";
import { findSender, toSubmissionServer } from "./submission-server.ts";
import type { TracerMail } from "./tracer-mail.ts";

export interface SubmissionDeps extends CredentialDeps {
  secureContext: SecureContext;
}

export interface SubmissionSettings {
  /** Whether the mail server that a user names may have a private address. */
  allowsPrivateHosts: boolean;
  timeouts: Pick<ImapTimeouts, "connectMs" | "greetingMs" | "commandMs">;
}

/**
 * Sends a user's mails over one connection, which is opened for the first mail. Tries each mail
 * once.
 */
export interface Submission extends Disposable {
  /** The user's address. */
  address: string;
  send(mail: TracerMail, signal: AbortSignal): Promise<void>;
}

/**
 * Prepares to send mail as this user through its SMTP server.
 * @throws {NotSendable} when no mail can be sent as this user.
 */
export async function openSubmission(
  deps: SubmissionDeps,
  { allowsPrivateHosts, timeouts }: SubmissionSettings,
  { user, account }: { user: TracerUser; account: Account },
  signal: AbortSignal,
): Promise<Submission> {
  const server = toSubmissionServer(user, account.server);
  if (!server) throw new NotSendable("its provider names no SMTP server");
  const address = findSender(user);
  if (address === null) throw new NotSendable("its e-mail address is not known");
  const isChecked = server.isOwnHost && !allowsPrivateHosts;
  const dialled = isChecked ? await publicAddress(server.host) : server.host;
  const { credentials } = await openCredentials(deps, account, signal);
  if (credentials.kind === "oauth1") throw new NotSendable("OAuth 1.0a is none of SMTP's logins");
  const { secureContext } = deps;
  const transport = createSmtpTransport({ server, dialled, credentials, secureContext, timeouts });
  const deadlineMs = timeouts.connectMs + timeouts.greetingMs + timeouts.commandMs;
  return {
    address,
    async send(mail, stop) {
      // Limits the whole exchange, because a server that sends a byte now and then never reaches
      // the socket timeout.
      const end = AbortSignal.any([stop, AbortSignal.timeout(deadlineMs)]);
      await transport.sendMail({ ...mail, signal: end });
    },
    [Symbol.dispose]: () => transport.close({ force: true }),
  };
}

async function publicAddress(host: string): Promise<string> {
  const address = await findDialAddress(host).catch((cause: unknown) => {
    throw new NotSendable("the mail server's name has no address", { cause });
  });
  if (address === null) throw new NotSendable("the mail server has no public address");
  return address;
}
