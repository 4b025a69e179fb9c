import { partnerConnections } from "../../db/partners/tables.ts";
import { users } from "../../db/users/tables.ts";
import type { Account, Login } from "../../fleet/mailbox/login/account.ts";
import type { ImapServer } from "../../fleet/mailbox/imap/imap-server.ts";
import { newId } from "../../shared/ids.ts";
import type { MailAccount } from "../harness/mail-servers/mail-server.ts";
import { observeUser, type UserObserver } from "./observe-user.ts";
import type { SessionStack } from "./session-stack.ts";

/**
 * A user of a new partner with an account on the mail server, and methods to observe the fleet's
 * work for it.
 */
export interface MailUser extends MailAccount, UserObserver {
  account: PasswordAccount;
}

type PasswordLogin = Extract<Login, { kind: "password" }>;
type PasswordAccount = Account & { login: PasswordLogin };

let count = 0;

export async function newMailUser(
  stack: SessionStack,
  { server = {}, createdAt = new Date() }: { server?: Partial<ImapServer>; createdAt?: Date } = {},
): Promise<MailUser> {
  const login = `user${++count}`;
  const mail = { login, password: `pass "${count}" ü`, address: `${login}@example.com` };
  await stack.server.addAccount(mail);
  const made = await newAccount(stack, mail, createdAt);
  const account = { ...made, server: { ...made.server, ...server } };
  return { ...mail, account, ...observeUser(stack, account) };
}

/** Inserts the user's rows, and returns the account as a session gets it. */
async function newAccount(
  stack: SessionStack,
  { login, password }: MailAccount,
  createdAt: Date,
): Promise<PasswordAccount> {
  const partner = await stack.newPartner();
  const [connectionId, userId] = [newId("con"), newId("usr")];
  const connection = { id: connectionId, partnerId: partner.id, providerId: "prv_plain" };
  await stack.db.insert(partnerConnections).values(connection);
  await stack.db.insert(users).values({ id: userId, connectionId, tag: login, createdAt });
  const { host, port } = stack.server;
  return {
    userId,
    epoch: 0,
    tag: login,
    partnerId: partner.id,
    providerCode: "PLAIN",
    server: { host, port, security: "none", isOwnHost: false, idleMinutes: 9, loginRate: null },
    login: await newPasswordLogin(stack, userId, { username: login, password }),
    credentialsAt: null,
    isNew: true,
    hasWorked: false,
    watchFrom: createdAt,
    harm: null,
    tracers: "none",
  };
}

/** Returns the login of a user's session, with the password sealed. */
export async function newPasswordLogin(
  stack: SessionStack,
  userId: string,
  { username, password }: { username: string; password: string },
): Promise<PasswordLogin> {
  const row = `users/${userId}/login_password` as const;
  const sealedPassword = await stack.vaults.mailbox.seal(row, password);
  return { kind: "password", username, sealedPassword };
}
