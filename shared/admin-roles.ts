/** The roles of admins. Each role may do everything that the roles before it may. */
export const ADMIN_ROLES = ["viewer", "support", "operator", "owner"] as const;

export type AdminRole = (typeof ADMIN_ROLES)[number];

/** Whether an admin with this role may do what requires the role `needed`. */
export const hasRole = (role: AdminRole, needed: AdminRole): boolean =>
  ADMIN_ROLES.indexOf(role) >= ADMIN_ROLES.indexOf(needed);

/** Returns the lower of two roles. */
export const lowerRole = (one: AdminRole, other: AdminRole): AdminRole =>
  hasRole(one, other) ? other : one;
