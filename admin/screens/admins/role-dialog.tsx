import type { AdminRole } from "../../../shared/admin-roles.ts";
import { api, done } from "../../api/client.ts";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Form } from "../../parts/forms/form.tsx";
import type { ShownAdmin } from "./admins.tsx";
import { chosenRole, RoleField } from "./role-field.tsx";

interface RoleDialogProps {
  admin: ShownAdmin;
  onClose(): void;
  onChanged(role: AdminRole): void;
}

/** Changes the role of another admin. */
export function RoleDialog({ admin, onClose, onChanged }: RoleDialogProps) {
  const save = async (fields: { role?: string }) => {
    const role = chosenRole(fields.role);
    await done(api.admins[":id"].role.$put({ param: { id: admin.id }, json: { role } }));
    onChanged(role);
  };
  return (
    <Dialog title={`Role of ${admin.name}`} onClose={onClose}>
      <p>The new role applies to everything they do from now on.</p>
      <Form submit="Save" onSubmit={save} onCancel={onClose}>
        <RoleField role={admin.role} />
      </Form>
    </Dialog>
  );
}
