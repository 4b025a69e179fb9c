import type { User } from "../../db/users/users.ts";
import { sha256Hex } from "../../shared/secrets/sha256.ts";

/**
 * Identifies a mail account. It contains a hash instead of the address, because it is kept longer
 * than the credentials.
 */
export interface AccountName {
  /** Hex SHA-256 of the login name, or of the address if there is no login name. */
  loginHash: string;
  /** The host and port of the user's own server; empty when the user has the provider's server. */
  server: string;
}

/**
 * Returns the name that identifies a user's account. It is made from the login name, exactly as
 * written. If there is none, as for most OAuth users, it is made from the address in lower case.
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
