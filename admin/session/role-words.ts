import type { AdminRole } from "../../shared/admin-roles.ts";

/** What each role may do. Each may do everything that the roles before it may. */
export const ROLE_WORDS: Readonly<Record<AdminRole, string>> = {
  viewer: "See the overview and all lists, but no mail",
  support: "See mails and attempts, redeliver, sweep",
  operator: "Change partners, connections, users, providers and keys; read the audit log",
  owner: "Manage admins, their roles and their sessions",
};
