import { type AdminRole, hasRole } from "../../shared/admin-roles.ts";
import { useSession } from "./session.tsx";

/** Returns a function that says whether the signed-in admin may do what requires this role. */
export function useMay(): (needed: AdminRole) => boolean {
  const { admin } = useSession();
  return (needed) => hasRole(admin.role, needed);
}
