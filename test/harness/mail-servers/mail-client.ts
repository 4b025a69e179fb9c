import { ImapFlow } from "imapflow";
import type { MailAccount, MailServer } from "./mail-server.ts";

/** Opens the INBOX of an account, as a mail program does. Disposing logs out. */
export async function openInbox(
  server: MailServer,
  { login, password }: MailAccount,
): Promise<ImapFlow & AsyncDisposable> {
  const client = new ImapFlow({
    host: server.host,
    port: server.port,
    secure: false,
    doSTARTTLS: false,
    auth: { user: login, pass: password },
    logger: false,
    disableAutoIdle: true,
  });
  client.on("error", () => undefined);
  await client.connect();
  await client.mailboxOpen("INBOX");
  return Object.assign(client, {
    [Symbol.asyncDispose]: () => client.logout().catch(() => client.close()),
  });
}

/** Appends these exact bytes to the INBOX. Returns the UID of the new mail. */
export async function appendMail(
  server: MailServer,
  account: MailAccount,
  raw: Uint8Array | string,
  internalDate: Date = new Date(),
): Promise<number> {
  await using inbox = await openInbox(server, account);
  const appended = await inbox.append("INBOX", Buffer.from(raw), [], internalDate);
  if (!appended || appended.uid === undefined) throw new Error("The server told no UID");
  return appended.uid;
}
