import { useState } from "preact/hooks";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Form } from "../../parts/forms/form.tsx";
import { Secret } from "../../parts/secret.tsx";
import { type AdminFields, AdminForm } from "./admin-form.tsx";

interface NewPasswordDialogProps {
  title: string;
  /** Creates the admin, or resets the admin's password. Returns the one-time password. */
  action(fields: AdminFields): Promise<string>;
  /** Whether the dialog asks for a name, an address and a role. True when `action` creates an admin. */
  hasForm?: boolean;
  onClose(): void;
  onDone(): void;
}

/**
 * Calls `action`, and shows the one-time password once. The signed-in admin must give this password
 * to the admin who was created or whose password was reset.
 */
export function NewPasswordDialog({
  title,
  action,
  hasForm = false,
  ...on
}: NewPasswordDialogProps) {
  const [password, setPassword] = useState<string | null>(null);
  const make = async (fields: AdminFields) => {
    setPassword(await action(fields));
    on.onDone();
  };
  if (password !== null) {
    return (
      <Dialog title="Give this password to the admin" onClose={on.onClose}>
        <Secret label="Password for one sign-in" value={password} />
        <p>It is not shown again, and only lets them set a new password.</p>
        <button type="button" onClick={on.onClose}>
          Done
        </button>
      </Dialog>
    );
  }
  return (
    <Dialog title={title} onClose={on.onClose}>
      {hasForm ? (
        <AdminForm submit="Add" onSubmit={make} onCancel={on.onClose} />
      ) : (
        <>
          <p>
            {" "}
            Their old password and API tokens stop working and all their sessions end now. If the
            account is locked, it is unlocked.{" "}
          </p>
          <Form
            submit="Create a new password"
            onSubmit={() => make({ name: "", email: "", role: "viewer" })}
            onCancel={on.onClose}
          />
        </>
      )}
    </Dialog>
  );
}
