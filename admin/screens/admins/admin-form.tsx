import { Field } from "../../parts/forms/field.tsx";
import { Form } from "../../parts/forms/form.tsx";
import type { ShownAdmin } from "./admins.tsx";

interface AdminFormProps {
  admin?: ShownAdmin;
  submit: string;
  onSubmit(fields: { name: string; email: string }): Promise<void>;
  onCancel(): void;
}

export const AdminForm = ({ admin, submit, onSubmit, onCancel }: AdminFormProps) => (
  <Form
    submit={submit}
    onSubmit={({ name = "", email = "" }) => onSubmit({ name, email })}
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
  </Form>
);
