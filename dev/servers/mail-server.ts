import { join } from "node:path";
import { inCheckout } from "../checkout.ts";
import { oauthEndpoints } from "./authorization-server.ts";
import { MAIL_SCOPE } from "./authorization-server/settings.ts";
import type { DemoUser } from "../stack/keys.ts";
import { HOST } from "../stack/ports.ts";
import { writePrivateFile } from "../processes/private-file.ts";
import { Program } from "../processes/program.ts";
import type { StackContext } from "../stack/stack-context.ts";

/**
 * Starts our own IMAP and SMTP server (test/imap-server) with the demo mailboxes and the mailboxes
 * in `more`.
 */
export async function startMailServer(
  context: StackContext,
  more: readonly DemoUser[] = [],
): Promise<Program> {
  const { ports, certificates, keys, folder, signal } = context;
  const accountsFile = join(folder.mail, "accounts.json");
  const users = [...keys.users, keys.spare, ...keys.oauth.accounts, ...more];
  const accounts = users.map(({ login, password, address }) => ({ login, password, address }));
  await writePrivateFile(accountsFile, JSON.stringify(accounts));
  const introspectionFile = join(folder.mail, "introspection.json");
  const introspection = {
    url: oauthEndpoints(context).introspect,
    client: keys.oauth.introspection_client,
    mail_scope: MAIL_SCOPE,
  };
  await writePrivateFile(introspectionFile, JSON.stringify(introspection));
  const flags = {
    host: HOST,
    "imap-port": ports.imap,
    "imaps-port": ports.imaps,
    "smtp-port": ports.smtp,
    directory: join(folder.mail, "mailboxes"),
    "tls-key": certificates.keyFile,
    "tls-cert": certificates.certificateFile,
    accounts: accountsFile,
    introspection: introspectionFile,
  };
  return await Program.start({
    name: "mail-server",
    folder,
    command: process.execPath,
    args: [
      inCheckout("test", "imap-server", "main.ts"),
      ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ],
    isReady: (output) => output.includes('"event":"imap_server.listening"'),
    signal,
  });
}
