import type { AdminRole } from "../../../shared/admin-roles.ts";
import { Field } from "../../parts/forms/field.tsx";
import { Form } from "../../parts/forms/form.tsx";
import type { ShownAdmin } from "./admins.tsx";
import { chosenRole, RoleField } from "./role-field.tsx";

export interface AdminFields {
  name: string;
  email: string;
  role: AdminRole;
}

interface AdminFormProps {
  /** The admin to edit. Without one, the form also asks for the role of a new admin. */
  admin?: ShownAdmin;
  submit: string;
  onSubmit(fields: AdminFields): Promise<void>;
  onCancel(): void;
}

export const AdminForm = ({ admin, submit, onSubmit, onCancel }: AdminFormProps) => (
  <Form
    submit={submit}
    onSubmit={({ name = "", email = "", role }) =>
      onSubmit({ name, email, role: chosenRole(role) })
    }
    onCancel={onCancel}
  >
    <Field name="name" label="Name" value={admin?.name ?? ""} autocomplete="off" required />
    <Field
      name="email"
      label="E-mail"
      type="email"
      hint="Used to sign in. No mail is sent to it."
      value={admin?.email ?? ""}
      autocomplete="off"
      required
    />
    {!admin && <RoleField role="viewer" />}
  </Form>
);
