import type { Admin } from "../../../db/admin/admin-users.ts";

/** Returns an admin as the admin pages show it, without secrets. */
export const showAdmin = (admin: Admin) => ({
  id: admin.id,
  email: admin.email,
  name: admin.name,
  role: admin.role,
  password: admin.passwordKind,
  password_changed_at: admin.passwordChangedAt.toISOString(),
  totp: admin.hasTotp,
  /** The number of passkeys. */
  passkeys: admin.passkeys,
  /** Whether the admin is linked to an account at the identity provider. */
  sso: admin.oidcIssuer !== null,
  recovery_codes_left: admin.recoveryCodesLeft,
  /** Null when the account is not locked. */
  locked_until: (admin.isLocked && admin.lockedUntil?.toISOString()) || null,
  last_sign_in_at: admin.lastSignInAt?.toISOString() ?? null,
  created_at: admin.createdAt.toISOString(),
});
