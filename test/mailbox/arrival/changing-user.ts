import { eq } from "drizzle-orm";
import { users } from "../../../db/users/tables.ts";
import { readWatchedUsers } from "../../../db/users/watched-users.ts";
import { becomeAccount } from "../../../edge/users/become-account.ts";
import type { Account } from "../../../fleet/mailbox/login/account.ts";
import type { ImapServer } from "../../../fleet/mailbox/imap/imap-server.ts";
import { toAccount } from "../../../fleet/mailbox/login/to-account.ts";
import type { MailAccount } from "../../harness/mail-servers/mail-server.ts";
import { newMailUser, type MailUser, newPasswordLogin } from "../mail-user.ts";
import type { SessionStack } from "../session-stack.ts";

/** A user for which the test can set another mail account, as a request to the API does. */
export interface ChangingUser extends MailUser {
  /** Changes the account of the user. Returns the account as a session gets it. */
  become(account: MailAccount, server?: Partial<ImapServer>): Promise<Account>;
  /** Creates another account, to which the user can change. */
  newAccount(): Promise<MailAccount>;
  /** Returns the subjects of all events of the user, oldest first. */
  subjects(): Promise<(string | null | undefined)[]>;
}

let accounts = 0;

export async function newChangingUser(stack: SessionStack): Promise<ChangingUser> {
  const user = await newMailUser(stack, { createdAt: new Date(Date.now() - 86_400_000) });
  const { userId, server: first } = user.account;
  return {
    ...user,
    async become({ login, password }, server = {}) {
      const host = { ...first, ...server };
      const { username, sealedPassword } = await newPasswordLogin(stack, userId, {
        username: login,
        password,
      });
      await stack.db.transaction(async (tx) => {
        const [row] = await tx
          .update(users)
          .set({
            loginUsername: username,
            sealedLoginPassword: sealedPassword,
            imapHost: host.host,
            imapPort: host.port,
            credentialsAt: new Date(),
            state: "new",
          })
          .where(eq(users.id, userId))
          .returning();
        if (row) await becomeAccount(tx, row, "test");
      });
      const [row] = await readWatchedUsers(stack.db, [userId]);
      const account = row && toAccount(row);
      if (!account) throw new Error(`Cannot watch ${userId}: it has no account`);
      return { ...account, server: host };
    },
    async newAccount() {
      const login = `other${++accounts}`;
      const account = { login, password: "other", address: `${login}@example.com` };
      await stack.server.addAccount(account);
      return account;
    },
    subjects: async () => (await user.events()).map(({ envelope }) => envelope?.subject),
  };
}
