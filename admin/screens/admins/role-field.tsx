import { ADMIN_ROLES, type AdminRole } from "../../../shared/admin-roles.ts";
import { SelectField } from "../../parts/forms/select-field.tsx";
import { ROLE_WORDS } from "../../session/role-words.ts";

/** A field to select a role. */
export const RoleField = ({ role }: { role: AdminRole }) => (
  <SelectField
    name="role"
    label="Role"
    value={role}
    hint="Each role may do everything that the roles above it may."
    options={ADMIN_ROLES.map((one) => [one, `${one}: ${ROLE_WORDS[one]}`] as const)}
  />
);

/** Returns the role that was selected in a `RoleField`. */
export const chosenRole = (value: string | undefined): AdminRole =>
  ADMIN_ROLES.find((one) => one === value) ?? "viewer";
