import type { User } from "../../db/users/users.ts";
import type { FieldError } from "../../shared/errors.ts";
import type { WantedUser } from "./user-change.ts";

type Credentials = Pick<
  User,
  "email" | "loginUsername" | "sealedLoginPassword" | "sealedRefreshToken" | "imapHost"
>;

/**
 * Returns a fault for each field that is required but missing after the change. `user` already has
 * the new values.
 */
export function missingFields(
  user: Credentials,
  wanted: WantedUser,
  { ownHost }: { ownHost: boolean },
): FieldError[] {
  const faults: FieldError[] = [];
  if (user.sealedRefreshToken !== null && user.email === null) {
    faults.push({
      pointer: "/email",
      detail: "is missing: it identifies the account at the provider",
    });
  }
  const hasLogin = user.loginUsername !== null && user.sealedLoginPassword !== null;
  const hasRest = wanted.imapPort !== undefined || wanted.imapSecurity !== undefined;
  if (ownHost && user.imapHost === null && (hasLogin || hasRest)) {
    faults.push({ pointer: "/imap_host", detail: "is missing: each user has its own host" });
  }
  return faults;
}
