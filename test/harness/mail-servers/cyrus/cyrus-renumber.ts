import { connect } from "node:net";
import { createInterface } from "node:readline";
import { CYRUS_ADMIN } from "./cyrus-config.ts";
import { openInbox } from "../mail-client.ts";
import type { MailAccount, MailServer } from "../mail-server.ts";

/**
 * Gives an INBOX a new UIDVALIDITY, and returns it. Cyrus has no command for this: the INBOX is
 * deleted and created again, and its mails are put back.
 *
 * @param adminPassword The password of CYRUS_ADMIN.
 */
export async function renumberMailbox(
  server: MailServer,
  account: MailAccount,
  adminPassword: string,
): Promise<number> {
  const mails = await readAll(server, account);
  await deleteMailbox(server, account.login, adminPassword);
  await using inbox = await openInbox(server, account);
  for (const { source, flags, internalDate } of mails) {
    await inbox.append("INBOX", source, flags, internalDate);
  }
  if (!inbox.mailbox) throw new Error(`The mailbox of ${account.login} was not made again`);
  return Number(inbox.mailbox.uidValidity);
}

async function readAll(server: MailServer, account: MailAccount) {
  await using inbox = await openInbox(server, account);
  const mails: { source: Buffer; flags: string[]; internalDate: Date }[] = [];
  for await (const mail of inbox.fetch("1:*", { source: true, flags: true, internalDate: true })) {
    const { source = Buffer.of(), flags = new Set<string>(), internalDate = new Date() } = mail;
    const kept = [...flags].filter((flag) => flag !== "\\Recent");
    mails.push({ source, flags: kept, internalDate: new Date(internalDate) });
  }
  return mails;
}

async function deleteMailbox(server: MailServer, login: string, adminPassword: string) {
  const name = `user/${login}`;
  await command(server, [
    `LOGIN ${CYRUS_ADMIN} ${adminPassword}`,
    // Even an admin must first grant itself the right to delete the mailbox.
    `SETACL ${name} ${CYRUS_ADMIN} lrswipkxtecda`,
    `DELETE ${name}`,
    "LOGOUT",
  ]);
}

/**
 * Sends IMAP commands one after another. It does not use imapflow, which does not support SETACL.
 */
async function command({ host, port }: MailServer, commands: readonly string[]) {
  const socket = connect(port, host);
  const waiting = [...commands];
  for await (const line of createInterface(socket)) {
    if (/^\S+ (NO|BAD) /.test(line)) throw new Error(`Cannot command Cyrus: ${line}`);
    if (!/^(\* OK \[CAPABILITY|a OK) /.test(line)) continue;
    const next = waiting.shift();
    if (next !== undefined) socket.write(`a ${next}\r\n`);
  }
}
