import type { User } from "../../db/users/users.ts";
import { sha256Hex } from "../../shared/secrets/sha256.ts";

/** Identifies a mail account. Contains no address, since it is kept longer than the credentials. */
export interface AccountName {
  /** Hex SHA-256 of the login name. */
  loginHash: string;
  /** host:port of the user's own server; empty for the provider's server. */
  server: string;
}

/**
 * Returns the name of a user's account. For a plain provider, it is made from the login name
 * exactly as sent; for an OAuth user, from the address in lower case, unless a login name is set.
 * Passwords and tokens do not identify an account.
 *
 * @returns null when the user has neither a login name nor an address.
 */
export async function toAccountName(
  user: Pick<User, "loginUsername" | "email" | "imapHost" | "imapPort">,
): Promise<AccountName | null> {
  const login = user.loginUsername ?? user.email?.toLowerCase();
  if (login === undefined) return null;
  const server = user.imapHost === null ? "" : `${user.imapHost}:${user.imapPort}`;
  return { loginHash: await sha256Hex(login), server };
}
