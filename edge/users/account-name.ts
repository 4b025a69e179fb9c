import type { User } from "../../db/users/users.ts";
import { sha256Of } from "../../shared/secrets/sha256.ts";

/** What tells one mail account from another. Never an address: it outlives the credentials. */
export interface AccountName {
  /** Hex SHA-256 of the login name. */
  loginHash: string;
  /** host:port of the user's own, empty where it is the provider's. */
  server: string;
}

/**
 * Names the account of a user. The login name of a plain provider counts as it was sent; the address
 * of an OAuth user is the same in any case. A password or a token says nothing of the account.
 *
 * @returns null when nothing names one.
 */
export async function accountNameOf(
  user: Pick<User, "loginUsername" | "email" | "imapHost" | "imapPort">,
): Promise<AccountName | null> {
  const login = user.loginUsername ?? user.email?.toLowerCase();
  if (login === undefined) return null;
  const server = user.imapHost === null ? "" : `${user.imapHost}:${user.imapPort}`;
  return { loginHash: await sha256Of(login), server };
}
